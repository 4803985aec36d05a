// The page shown without a network: what waits on this device, for its person alone, and back as soon as it can.
(() => {
  const { ping } = document.currentScript.dataset
  const show = (name) => document.querySelector(`[data-${name}]`).removeAttribute("hidden")
  const draw = ([label, text], n) => {
    const one = document.querySelector("template").content.cloneNode(true)
    const box = one.querySelector("textarea"), button = one.querySelector("button")
    Object.assign(one.querySelector("label"), { textContent: label, htmlFor: `mots-${n}` })
    Object.assign(box, { value: text, id: `mots-${n}`, rows: text.length > 80 ? 5 : 2 })
    button.addEventListener("click", () => {
      box.select()
      navigator.clipboard?.writeText(text).then(() => (button.textContent = button.dataset.done))
    })
    return one
  }
  try {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith("brouillon:"))
    // Whose session it is cannot be asked: her words are shown on her own device, never on one that is lent.
    const mine = localStorage.getItem("appareil:moi")
    const hers = mine ? kept.filter((key) => key.startsWith(`${mine}:`)) : []
    const texts = hers.flatMap((key) => JSON.parse(localStorage.getItem(key)).words)
    texts.forEach((text, n) => document.querySelector("[data-hers]").append(draw(text, n)))
    show(texts.length ? "hers" : kept.length ? "some" : "none")
  } catch { show("none") }
  if (location.pathname === ping) return
  // « online » says that there is a network, not that we are at its end: the page is left once we have answered.
  const back = () => fetch(ping, { method: "HEAD", cache: "no-store" }).then(() => location.reload(), () => {})
  // It also says so a moment before anything can be reached.
  addEventListener("online", () => [0, 1000, 3000].forEach((wait) => setTimeout(back, wait)))
  setInterval(back, 10000)
})()
