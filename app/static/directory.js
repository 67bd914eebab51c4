// The directory's map: the places of this page, under the numbers of the list beside it. The list says
// everything that the map says, so the map is shown only where this script runs.
(() => {
  const box = document.getElementById("map");
  const data = document.getElementById("map-points");
  if (!box || !data || !window.L) return;
  const points = JSON.parse(data.textContent);
  box.closest("[hidden]")?.removeAttribute("hidden");
  const map = L.map(box, { scrollWheelZoom: false, attributionControl: true, maxZoom: 18 });
  map.attributionControl.setPrefix(false);

  const marks = points.map(({ n, name, url, point }) => {
    const icon = L.divIcon({ className: "map-pin", html: String(Number(n)), iconSize: [30, 30] });
    const words = document.createElement(url ? "a" : "span");
    words.textContent = name;
    if (url) words.href = url;
    return L.marker(point, { icon, title: `${n}. ${name}`, alt: `${n}. ${name}` }).bindPopup(words).addTo(map);
  });
  const look = () => {
    if (marks.length) map.fitBounds(L.featureGroup(marks).getBounds().pad(0.15), { maxZoom: box.dataset.tiles ? 14 : 11, animate: false });
  };
  map.setView([35.1, -85.25], 10);
  look();

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
      if (!marks.length) map.fitBounds(ground.getBounds(), { animate: false });
    })
    .catch(() => {}); // the points stand without their ground
})();
