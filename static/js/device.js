// Where somebody has come in: what this device keeps of words not sent is forgotten in time, and not left to the next
// person on a device that is lent; who writes has a page of ours when the network is gone (worker.js).
(() => {
  const { mine, is, worker } = document.currentScript.dataset
  const MONTH = 30 * 24 * 60 * 60 * 1000
  const hers = (key) => mine && key.startsWith(`${mine}:`)
  try {
    // A lent device has forgotten its cookies when its browser was closed; not this.
    is === "prete" ? localStorage.setItem("appareil:prete", "oui") : is && localStorage.removeItem("appareil:prete")
    const lent = localStorage.getItem("appareil:prete")
    for (const key of Object.keys(localStorage)) if (key.startsWith("brouillon:")) {
      const { at } = JSON.parse(localStorage.getItem(key))
      if (!(Date.now() - at < MONTH) || (lent && !hers(key))) localStorage.removeItem(key)
    }
    // Whose words may be shown without a network.
    mine && is === "sien" ? localStorage.setItem("appareil:moi", mine) : localStorage.removeItem("appareil:moi")
  } catch { /* no storage: nothing is kept there */ }
  if (mine && worker) addEventListener("load", () => navigator.serviceWorker?.register(worker))
  // The address taken out of the page switches it off, everywhere, at the next visit.
  if (!worker) navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((one) => one.unregister()))
})()
