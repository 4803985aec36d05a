// Forms, helped: sent once, counted, not left by mistake, honest about the network. Bound by data-… only; without this
// script every form still posts. The sentences, in the page's language, are on this script's own tag.
(() => {
  const words = document.currentScript.dataset, lang = document.documentElement.lang
  const formOf = (element) => element.closest?.("form")
  const submits = (form) => form.querySelectorAll("button:not([type=button], [aria-describedby])")
  const lock = (form, on) => {
    form.toggleAttribute("data-sending", on)
    // Not `disabled`: the pressed button keeps its focus, and its name and value are sent.
    for (const button of submits(form)) on ? button.setAttribute("aria-disabled", true) : button.removeAttribute("aria-disabled")
  }
  const hush = () => document.querySelector("[data-said]")?.remove()
  const say = (source, sentence) => {
    if (source.matches("[data-saved]")) return void (source.querySelector("span").textContent = sentence)
    hush()
    const strip = Object.assign(document.createElement("p"), { className: "strip bad", textContent: sentence })
    strip.setAttribute("role", "alert")
    strip.dataset.said = ""
    const button = formOf(source) && submits(formOf(source))[0]
    button ? (button.closest("p") ?? button).before(strip) : document.querySelector("main").prepend(strip)
  }

  // Sent once: a second press while the first is on its way does nothing.
  addEventListener("submit", (event) => {
    const form = event.target
    if (form.getAttribute("method") !== "post") return
    if (form.hasAttribute("data-sending")) return event.preventDefault(), event.stopImmediatePropagation()
    form.removeAttribute("data-unsent")
    setTimeout(() => lock(form, true)) // once the browser has read the form
    setTimeout(() => lock(form, false), 15000)
  }, true)
  addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form").forEach((form) => lock(form, false)))

  addEventListener("input", ({ target }) => {
    if (formOf(target)?.matches("[data-guard]")) formOf(target).dataset.unsent = ""
    const counter = target.dataset.most && document.getElementById(`${target.id}-c`)
    if (!counter) return
    const n = [...target.value.trim()].length // characters as the server counts them
    counter.textContent = counter.dataset.sentence.replace("{n}", n).replace("{most}", target.dataset.most)
    counter.classList.toggle("over", n > target.dataset.most)
  })

  // Not left by mistake: what was typed in a form marked data-guard, or came back with something to correct.
  document.querySelectorAll("form[data-guard]").forEach((form) => form.querySelector(".has-err") && (form.dataset.unsent = ""))
  addEventListener("beforeunload", (event) => document.querySelector("form[data-unsent]") && event.preventDefault())

  // When htmx sends: what the server refuses is said in its words, beside the button; the page stays as it is.
  addEventListener("htmx:after:request", ({ target, detail }) => {
    hush()
    if (!target.matches("[data-saved]") || detail.ctx.response.status >= 400) return
    formOf(target)?.removeAttribute("data-unsent")
    const hour = new Date().toLocaleTimeString(lang, { hour: "numeric", minute: "2-digit" })
    say(target, words.saved.replace("{hour}", lang === "en" ? hour : hour.replace(":", "\u00a0h\u00a0")))
  })
  addEventListener("htmx:response:error", ({ target, detail: { ctx } }) => ctx.response.status === 422 ||
    say(target, new DOMParser().parseFromString(ctx.text, "text/html").querySelector("[data-reason]")?.textContent ?? words.broken))
  addEventListener("htmx:error", ({ target }) => say(target, words.offline))
  addEventListener("htmx:finally:request", ({ target }) => formOf(target) && lock(formOf(target), false))
})()
