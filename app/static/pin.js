// One pin to move: dragged, or by the arrow keys. It writes its place into the form's two numbers, and
// follows what is typed there. Without this script the numbers are typed.
(() => {
  const box = document.getElementById("pin-map");
  const latitude = document.getElementById("latitude");
  const longitude = document.getElementById("longitude");
  if (!box || !latitude || !longitude || !window.L) return;
  document.getElementById("pin-map-part").removeAttribute("hidden");

  const typed = () => {
    const point = [latitude, longitude].map((field) => Number(field.value.trim().replace(",", ".") || NaN));
    return point.every(Number.isFinite) && Math.abs(point[0]) <= 90 && Math.abs(point[1]) <= 180 ? point : null;
  };
  const begin = typed();
  const map = L.map(box, { scrollWheelZoom: false, maxZoom: 19, keyboard: false });
  map.attributionControl.setPrefix(false);
  map.setView(begin ?? [35.1, -85.25], begin ? (box.dataset.tiles ? 16 : 12) : 10);
  const icon = L.divIcon({ className: "map-pin", html: "", iconSize: [30, 30] });
  const pin = L.marker(begin ?? map.getCenter(), { icon, draggable: true, autoPan: true, alt: box.dataset.pin, title: box.dataset.pin }).addTo(map);
  drawGround(map, box, !begin);

  const write = () => {
    const { lat, lng } = pin.getLatLng();
    latitude.value = lat.toFixed(6);
    longitude.value = lng.toFixed(6);
  };
  pin.on("drag dragend", write);
  map.on("click", ({ latlng }) => {
    pin.setLatLng(latlng);
    write();
  });
  for (const field of [latitude, longitude])
    field.addEventListener("change", () => {
      const point = typed();
      if (!point) return;
      pin.setLatLng(point);
      map.panTo(point, { animate: false });
    });

  const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  pin.getElement().addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const pixels = event.shiftKey ? 40 : 4;
    const at = map.latLngToContainerPoint(pin.getLatLng()).add(L.point(step).multiplyBy(pixels));
    const to = map.containerPointToLatLng(at);
    pin.setLatLng(to);
    if (!map.getBounds().pad(-0.1).contains(to)) map.panTo(to, { animate: false });
    write();
  });
})();
