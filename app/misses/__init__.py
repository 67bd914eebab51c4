"""Words that people searched with and that nothing understood, counted without the people."""
