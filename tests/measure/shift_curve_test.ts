import { assertEquals } from "@std/assert";
import { zeros } from "../../lib/base/tensor.ts";
import { shiftCurve, type Trainer } from "../../lib/mod.ts";

/** Images of 9 x 9 with one bright pixel, in the middle, and their labels. */
function dots(labels: number[]) {
  const images = zeros([labels.length, 9, 9, 1]);
  labels.forEach((_, n) => images.data[81 * n + 40] = 1);
  const classNames = ["middle", "right", "left", "down", "up"];
  return { name: "dots", images, labels: Uint8Array.from(labels), classNames };
}

/** Says in which direction from the middle the bright pixel lies. */
const compass: Pick<Trainer, "logits"> = {
  logits(images) {
    const logits = zeros([images.shape[0], 5]);
    for (let n = 0; n < images.shape[0]; n++) {
      const at = images.data.subarray(81 * n, 81 * n + 81).indexOf(1);
      const dx = at % 9 - 4, dy = Math.floor(at / 9) - 4;
      const places = [[0, 0], [dx, 0], [-dx, 0], [0, dy], [0, -dy]];
      const direction = dx === 0 && dy === 0 ? 0 : [0, 1, 2, 3, 4].findIndex(
        (k) =>
          k > 0 && places[k][0] + places[k][1] > 0 && (dx === 0 || dy === 0),
      );
      if (direction >= 0) logits.data[5 * n + direction] = 1;
    }
    return Promise.resolve(logits);
  },
};

Deno.test("shiftCurve() moves each way by so many pixels, straight, and takes the mean", async () => {
  // of four images, one lies to the right, two to the left, one down, none up
  const [still, moved] = await shiftCurve(compass, dots([1, 2, 2, 3]), [0, 3]);
  assertEquals(moved, {
    ...{ shift: 3, accuracy: 0.25 },
    ...{ right: 0.25, left: 0.5, down: 0.25, up: 0 },
  });
  assertEquals(still.accuracy, 0);
  const [middle] = await shiftCurve(compass, dots([0, 0, 0, 1]), [0]);
  assertEquals(middle, {
    ...{ shift: 0, accuracy: 0.75 },
    ...{ right: 0.75, left: 0.75, down: 0.75, up: 0.75 },
  });
});
