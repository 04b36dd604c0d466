import * as cnn from "cnn";
await cnn.useBackend();
const from = Number(Deno.args[0]), reps = Number(Deno.args[1]), parts = Deno.args[2] ?? "12345 67";
const K = 6;
const digits = await cnn.loadMnist({ limit: 15000, seed: 1 });
const testAll = await cnn.loadMnist({ split: "test" });
const draw = (seed: number) => {
  const order = cnn.permutation(15000, seed);
  return { train: cnn.selectImages(digits, order.slice(0, 500)), validation: cnn.selectImages(digits, order.slice(500, 2500)) };
};
const net = (rate = 0, units = 64) => cnn.network("MLP", [28, 28, 1], [
  cnn.layers.flatten(), cnn.layers.dense({ units }), cnn.layers.relu(),
  ...(rate ? [cnn.layers.dropout({ rate })] : []), cnn.layers.dense({ units: 10 })]);
const R: Record<string, any> = { plain: {}, moved: { augment: cnn.randomShift(2) }, mirrored: { augment: cnn.randomFlip() }, dropout: { rate: 0.5 }, decay: { weightDecay: 1 } };
const f = (v: any) => typeof v === "number" ? +v.toFixed(4) : v;
for (let rep = 0; rep < reps; rep++) {
  const seeds = Array.from({ length: K }, (_, i) => from + rep * 100 + i);
  const out: any = { rep: seeds[0] };
  if (parts.includes("1")) {
    for (const classes of [2, 10, 100]) {
      const l: number[] = [];
      for (const seed of seeds) {
        const tr = cnn.scratchTrainer(cnn.buildNetwork(cnn.mlp({ hidden: [64], classes }), { seed }));
        const v = cnn.selectImages(draw(seed).train, [...Array(500).keys()]);
        l.push((await cnn.evaluate(tr, { ...v, labels: v.labels.map((k: number) => k % classes) as any })).loss / Math.log(classes));
      }
      out["first" + classes] = [Math.min(...l), Math.max(...l), l.reduce((a, b) => a + b) / K].map(f);
    }
  }
  if (parts.includes("2")) {
    const cos: any = {};
    for (const seed of seeds) {
      const { validation } = draw(seed);
      const tr = cnn.tfTrainer(cnn.toLayersModel(net(), { seed }));
      const flat = async (n: number, at = 0) => {
        const s = cnn.selectImages(validation, Array.from({ length: n }, (_, i) => at + i));
        return [...(await tr.gradients(s.images, s.labels)).values()].flatMap((g) => [...g.data]);
      };
      const whole = await flat(1000, 1000);
      const dot = (a: number[], b: number[]) => a.reduce((s, v, i) => s + v * b[i], 0);
      for (const n of [1, 10, 100]) { const g = await flat(n); (cos[n] ??= []).push(dot(g, whole) / Math.sqrt(dot(g, g) * dot(whole, whole))); }
    }
    for (const n of [1, 10, 100]) out["cos" + n] = [Math.min(...cos[n]), Math.max(...cos[n]), cos[n].reduce((a: number, b: number) => a + b) / K].map(f);
  }
  if (parts.includes("3")) {
    for (const rate of [0.001, 0.1, 2]) {
      const l: number[] = [], a: number[] = [];
      for (const seed of seeds) {
        const { train, validation } = draw(seed);
        const tr = cnn.tfTrainer(cnn.toLayersModel(net(), { seed }), { optimizer: "sgd", learningRate: rate });
        try { await cnn.fit(tr, train, { epochs: 6, batchSize: 50, seed });
        const e = await cnn.evaluate(tr, validation); l.push(e.loss); a.push(e.accuracy); } catch (e) { l.push(Infinity); a.push(0); }
        tr.dispose();
      }
      out["rate" + rate] = [Math.min(...a), Math.max(...a), Math.min(...l), Math.max(...l)].map(f);
    }
  }
  if (parts.includes("4")) {
    for (const kind of ["true", "random"]) {
      const own: number[] = [], other: number[] = [];
      for (const seed of seeds) {
        const { train, validation } = draw(seed);
        const r = cnn.random(seed);
        let fifty = cnn.selectImages(train, [...Array(50).keys()]);
        if (kind === "random") fifty = { ...fifty, labels: fifty.labels.map(() => r.integer(10)) as any };
        const tr = cnn.tfTrainer(cnn.toLayersModel(net(), { seed }), { learningRate: 0.003 });
        await cnn.fit(tr, fifty, { epochs: 150, batchSize: 50, seed });
        own.push((await cnn.evaluate(tr, fifty)).accuracy); other.push((await cnn.evaluate(tr, validation)).accuracy);
        tr.dispose();
      }
      out["fifty " + kind] = [Math.min(...own), Math.min(...other), Math.max(...other)].map(f);
    }
  }
  if (parts.includes("5")) {
    const acc: any = {}, tra: any = {}, los: any = {};
    const turn: number[] = [], when: number[] = [];
    for (const seed of seeds) {
      const { train, validation } = draw(seed);
      for (const [name, r] of Object.entries(R)) {
        const tr = cnn.tfTrainer(cnn.toLayersModel(net(r.rate), { seed }), { learningRate: 0.003, ...(r.weightDecay ? { weightDecay: r.weightDecay } : {}) });
        const h = await cnn.fit(tr, train, { epochs: 40, batchSize: 50, seed, augment: r.augment, ...(name === "plain" ? { validation } : {}) });
        const e = await cnn.evaluate(tr, validation);
        (acc[name] ??= []).push(e.accuracy); (los[name] ??= []).push(e.loss); (tra[name] ??= []).push((await cnn.evaluate(tr, train)).accuracy);
        if (name === "plain") { const ls = h.validation.map((v) => v.loss); turn.push(ls.at(-1)! / Math.min(...ls)); when.push(ls.indexOf(Math.min(...ls)) + 1); }
        if (parts.includes("7") && seed === seeds[0] && name === "moved") out.test = [e.accuracy, (await cnn.evaluate(tr, testAll)).accuracy];
        tr.dispose();
      }
    }
    out.train = Object.fromEntries(Object.entries(tra).map(([k, v]: any) => [k, f(v.reduce((a: number, b: number) => a + b) / K)]));
    out.plain = [f(Math.min(...tra.plain)), f(Math.max(...acc.plain)), "turn", f(Math.min(...turn)), f(Math.max(...turn)), "when", Math.min(...when), Math.max(...when)];
    for (const name of Object.keys(R).slice(1)) {
      const d = cnn.pairedDifference(acc.plain, acc[name]);
      const dl = cnn.pairedDifference(los.plain, los[name]);
      out[name] = [d.mean, d.low, d.high, "loss", dl.mean, dl.low, dl.high].map(f);
    }
  }
  if (parts.includes("6")) {
    const { train, validation } = draw(seeds[0]);
    const small = cnn.selectImages(train, [...Array(100).keys()]);
    let best = -1, bn: any;
    for (let i = 0; i < 100; i++) {
      const tr = cnn.scratchTrainer(cnn.buildNetwork(cnn.mlp({ hidden: [16] }), { seed: seeds[0] * 1000 + i }));
      const a = (await cnn.evaluate(tr, small)).accuracy;
      if (a > best) { best = a; bn = tr; }
    }
    out.luck = [best, (await cnn.evaluate(bn, validation)).accuracy];
  }
  console.log(JSON.stringify(out));
}
