"""One form for a service, its organization and its places: the district's team writes the directory."""
