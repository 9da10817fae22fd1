// The packing bench: sounds, and the label that is printed as soon as it is there.
// [data-print-label] is a button that prints once, in the frame that it names; [data-send-label] one that sends the
// label to a printer, its answer in that frame. Without scripts they are pressed.
// Sounds: [data-sound] says which; made by the browser, no file is loaded. Without them the page
// says the same in colour and words.
(() => {
  "use strict";
  const sounds = {
    good: [[880, 0, 0.09]],
    next: [[660, 0, 0.08], [880, 0.1, 0.1]],
    complete: [[660, 0, 0.08], [880, 0.1, 0.08], [1320, 0.2, 0.16]],
    wrong: [[150, 0, 0.25], [150, 0.32, 0.35]],
    stop: [[220, 0, 0.2], [330, 0.22, 0.2], [220, 0.44, 0.2], [330, 0.66, 0.3]],
  };
  let device = null;

  const play = (name) => {
    const tones = sounds[name];
    if (!tones || !window.AudioContext) return;
    device ??= new AudioContext();
    device.resume().then(() => {
      for (const [pitch, after, length] of tones) {
        const tone = device.createOscillator();
        const volume = device.createGain();
        const begins = device.currentTime + after;
        tone.type = name === "wrong" || name === "stop" ? "square" : "sine";
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.25, begins);
        volume.gain.linearRampToValueAtTime(0, begins + length);
        tone.connect(volume).connect(device.destination);
        tone.start(begins);
        tone.stop(begins + length);
      }
    }).catch(() => {}); // the browser wants a key to be pressed first
  };

  const begin = (scope) => {
    const said = scope.matches?.("[data-sound]") ? scope : scope.querySelector("[data-sound]");
    if (said) play(said.dataset.sound);
    // A scanner types wherever the focus is: it is in the field, unless somebody chose another control.
    const field = document.querySelector("[data-scan]");
    const here = document.activeElement;
    if (field && (!here || here === document.body || scope.contains(here))) field.focus();
  };
  const printed = new Set();
  const printLabel = (scope) => {
    const button = scope.querySelector("[data-print-label]");
    const frame = button && document.querySelector(`iframe[name="${button.dataset.printLabel}"]`);
    if (!frame || printed.has(button.formAction)) return;
    printed.add(button.formAction);
    frame.addEventListener("load", () => {
      try {
        frame.contentWindow.print();
      } catch {
        button.click(); // this browser shows PDF files in no frame: in a tab of its own then
      }
    }, { once: true });
    button.formTarget = frame.name;
    button.form.requestSubmit(button);
    button.formTarget = "_blank";
  };
  const sendLabel = (scope) => {
    const button = scope.querySelector("[data-send-label]");
    if (!button || printed.has(button.formAction)) return;
    printed.add(button.formAction);
    button.formTarget = button.dataset.sendLabel;
    button.form.requestSubmit(button);
    button.formTarget = "";
  };
  document.addEventListener("htmx:load", (event) => {
    begin(event.target);
    printLabel(event.target);
    sendLabel(event.target);
  });
})();
