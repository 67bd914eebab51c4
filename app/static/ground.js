// What a map stands on: the tile server of the settings, else our own outlines of ZIP areas and county.
// Used by directory.js and pin.js, which are loaded after it.
window.drawGround = (map, box, isEmpty) => {
  if (box.dataset.tiles) {
    // Tile servers want to know the site that asks; they are told its name, never the page.
    L.tileLayer(box.dataset.tiles, { attribution: "", referrerPolicy: "strict-origin" }).addTo(map);
    const credit = document.createElement("span");
    credit.textContent = box.dataset.credit;
    map.attributionControl.addAttribution(credit.outerHTML);
    return;
  }
  fetch(box.dataset.outlines, { credentials: "omit" })
    .then((answer) => answer.json())
    .then((areas) => {
      const ground = L.geoJSON(areas, {
        interactive: false,
        style: { className: "map-area", weight: 1 },
        onEachFeature: ({ properties }, layer) =>
          layer.bindTooltip(properties.zip, { permanent: true, direction: "center", className: "map-zip" }),
      }).addTo(map);
      L.geoJSON(areas.county, { interactive: false, style: { className: "map-county", fill: false } }).addTo(map);
      ground.bringToBack();
      if (isEmpty) map.fitBounds(ground.getBounds(), { animate: false });
    })
    .catch(() => {}); // the points stand without their ground
};
