// The camera as a barcode reader. [data-camera] is a box beside a field (data-camera="its id"): its button opens the
// camera where the browser reads barcodes itself (BarcodeDetector, over https), else takes a photo that the server
// reads. Either way the code is typed into the field, as by a scanner, and its form is sent.
(() => {
  "use strict";
  const EVERY = 200; // milliseconds between two looks

  const type = (box, code) => {
    const field = document.getElementById(box.dataset.camera);
    field.value = code;
    field.form.requestSubmit();
  };

  const say = (box, text) => {
    const note = box.querySelector("[data-camera-note]");
    note.textContent = text;
    note.hidden = !text;
  };

  const watch = async (box) => {
    const dialog = box.querySelector("dialog");
    const video = dialog.querySelector("video");
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const detector = new BarcodeDetector();
    const end = () => stream.getTracks().forEach((track) => track.stop());
    dialog.addEventListener("close", end, { once: true });
    video.srcObject = stream;
    dialog.showModal();
    await video.play();
    const look = async () => {
      if (!dialog.open) return;
      const [found] = await detector.detect(video).catch(() => []);
      if (found) {
        dialog.close();
        type(box, found.rawValue);
      } else {
        setTimeout(look, EVERY);
      }
    };
    look();
  };

  const send = async (box, photo) => {
    const body = new FormData();
    body.append("photo", photo);
    say(box, box.dataset.cameraReading);
    try {
      const answer = await fetch(box.dataset.cameraAddress, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": box.dataset.cameraToken },
      });
      const said = await answer.json();
      say(box, said.error ?? "");
      if (said.codes) type(box, said.codes[0]);
    } catch {
      say(box, box.dataset.cameraFailed);
    }
  };

  const begin = (box) => {
    if (box.dataset.cameraReady) return;
    box.dataset.cameraReady = "yes";
    box.hidden = false;
    const photo = box.querySelector("input[type=file]");
    box.querySelector("[data-camera-open]").addEventListener("click", () => {
      say(box, "");
      const reads = window.BarcodeDetector && navigator.mediaDevices?.getUserMedia;
      if (reads) watch(box).catch(() => photo.click());
      else photo.click();
    });
    const dialog = box.querySelector("dialog");
    box.querySelector("[data-camera-close]").addEventListener("click", () => dialog.close());
    photo.addEventListener("change", () => {
      if (photo.files[0]) send(box, photo.files[0]);
      photo.value = "";
    });
  };

  const beginAll = () => document.querySelectorAll("[data-camera]").forEach(begin);
  document.addEventListener("DOMContentLoaded", beginAll);
  document.addEventListener("htmx:afterSwap", beginAll);
})();
