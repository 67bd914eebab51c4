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

  drawGround(map, box, !marks.length);
})();
