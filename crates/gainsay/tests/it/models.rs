//! Models that were stored as another type of number, in another format, changed in part or trained on: whose they are.

use serde_json::Value;

use crate::archives::zip;
use crate::support::Environment;

/// Rows and columns of a layer.
const SIDES: [usize; 2] = [256, 512];
const NUMBERS: usize = SIDES[0] * SIDES[1];

/// Numbers that look like weights, the same for the same seed.
fn weights(seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut even = || {
        // SplitMix64: states that differ a little give numbers that differ wholly.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [low, high, ..] = (mixed ^ (mixed >> 31)).to_le_bytes();
        f32::from(u16::from_le_bytes([low, high])) - 32_767.5
    };
    (0..NUMBERS).map(|_| (even() + even() + even() + even()) / 2_000_000.0).collect()
}

/// A model of four layers.
fn model(seed: u64) -> Vec<Vec<f32>> {
    (0..4).map(|layer| weights(seed << 32 | layer << 16)).collect()
}

/// A model with noise of so many thousandths of its own deviation.
fn trained(model: &[Vec<f32>], seed: u64, permille: f32) -> Vec<Vec<f32>> {
    let tune = |(layer, number): (&Vec<f32>, u64)| -> Vec<f32> {
        let noise = weights(seed << 40 | number << 16);
        layer.iter().zip(noise).map(|(weight, noise)| weight + noise * permille / 1000.0).collect()
    };
    model.iter().zip(0..).map(tune).collect()
}

fn single(weights: &[f32]) -> Vec<u8> {
    weights.iter().flat_map(|weight| weight.to_le_bytes()).collect()
}

/// The upper halves, rounded.
fn brain(weights: &[f32]) -> Vec<u8> {
    weights.iter().flat_map(|weight| (weight.to_bits() + 0x8000).to_le_bytes()[2..].to_vec()).collect()
}

/// Of 32 each a scale, here a power of two, then bytes.
fn eight_bits(weights: &[f32]) -> Vec<u8> {
    let block = |block: &[f32]| {
        let most = block.iter().fold(0f32, |most, weight| most.max(weight.abs()));
        // 2^exponent as a 16-bit float, the least that leaves no byte beyond 127.
        let exponent = (-14..0).find(|exponent| most <= 127.0 * 2f32.powi(*exponent)).unwrap();
        let scale = u16::try_from(exponent + 15).unwrap() << 10;
        #[expect(clippy::cast_possible_truncation, reason = "at most 127")]
        let bytes = block.iter().map(|weight| (weight / 2f32.powi(exponent)).round() as i8);
        scale.to_le_bytes().into_iter().chain(bytes.map(i8::cast_unsigned)).collect::<Vec<u8>>()
    };
    weights.chunks(32).flat_map(block).collect()
}

/// Of 32 each a scale, here a power of two, the fifth bits, then the others, about 16 (GGUF's `Q5_0`).
fn five_bits(weights: &[f32]) -> Vec<u8> {
    let block = |block: &[f32]| {
        let most = block.iter().fold(0f32, |most, weight| most.max(weight.abs()));
        let exponent = (-14..0).find(|exponent| most <= 15.0 * 2f32.powi(*exponent)).unwrap();
        let scale = u16::try_from(exponent + 15).unwrap() << 10;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 31")]
        let level = |at: usize| ((block[at] / 2f32.powi(exponent)).round() + 16.0) as u8;
        let fifths = (0..32).map(|at| u32::from(level(at) >> 4) << at).sum::<u32>();
        let others = (0..16).map(|at| level(at) & 15 | (level(at + 16) & 15) << 4);
        scale.to_le_bytes().into_iter().chain(fifths.to_le_bytes()).chain(others).collect::<Vec<u8>>()
    };
    weights.chunks(32).flat_map(block).collect()
}

fn safetensors(model: &[Vec<f32>], of: &str, stored: fn(&[f32]) -> Vec<u8>) -> Vec<u8> {
    let data: Vec<Vec<u8>> = model.iter().map(|layer| stored(layer)).collect();
    let size = data[0].len();
    let [rows, columns] = SIDES;
    let entry = |at: usize| {
        let (begin, end) = (at * size, (at + 1) * size);
        format!(r#""layer.{at}":{{"dtype":"{of}","shape":[{rows},{columns}],"data_offsets":[{begin},{end}]}}"#)
    };
    let header = format!("{{{}}}", (0..data.len()).map(entry).collect::<Vec<_>>().join(","));
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data.concat()].concat()
}

fn gguf(model: &[Vec<f32>], of: u32, stored: fn(&[f32]) -> Vec<u8>) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let data: Vec<Vec<u8>> = model.iter().map(|layer| stored(layer)).collect();
    let mut file = [&b"GGUF\x03\0\0\0"[..], &(data.len() as u64).to_le_bytes(), &1u64.to_le_bytes()].concat();
    file.extend([&text("general.architecture")[..], &8u32.to_le_bytes(), &text("llama")].concat());
    for (at, layer) in data.iter().enumerate() {
        file.extend([&text(&format!("blk.{at}.weight"))[..], &2u32.to_le_bytes()].concat());
        file.extend(SIDES.iter().rev().flat_map(|side| (*side as u64).to_le_bytes()));
        file.extend([&of.to_le_bytes()[..], &((at * layer.len()) as u64).to_le_bytes()].concat());
    }
    file.resize(file.len().next_multiple_of(32), 0);
    file.extend(data.concat());
    file
}

/// What becomes of a file: its verdict, by what, and the file that it is best.
fn matched(environment: &Environment, name: &str, file: &[u8]) -> [Value; 3] {
    environment.write(name, file);
    let found = environment.gainsay(&["match", name, "--json"]);
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    let row = &found["results"][0]["rows"][0];
    [row["verdict"].clone(), row["channel"].clone(), row["best"]["path"].clone()]
}

#[test]
fn a_model_is_recognised_however_its_weights_are_stored_and_others_are_not() {
    let environment = Environment::with_desk();
    let ours = model(1);
    environment.write("ours/model.safetensors", safetensors(&ours, "F32", single));
    environment.write("ours/other.safetensors", safetensors(&model(2), "F32", single));
    environment.gainsay(&["corpus", "add", "models", "ours"]).succeeded();
    let mut changed = ours.clone();
    changed[1] = weights(77);
    for (name, file) in [
        ("rounded.gguf", gguf(&ours, 30, brain)),
        ("rounded.safetensors", safetensors(&ours, "BF16", brain)),
        ("quantised.gguf", gguf(&ours, 8, eight_bits)),
        ("single.gguf", gguf(&ours, 0, single)),
        ("changed.gguf", gguf(&changed, 30, brain)),
        ("trained.gguf", gguf(&trained(&ours, 5, 10.0), 30, brain)),
    ] {
        let expected = ["ours", "sketches", "model.safetensors"].map(Value::from);
        assert_eq!(matched(&environment, name, &file), expected, "{name}");
    }
    let coarse = matched(&environment, "coarse.gguf", &gguf(&ours, 6, five_bits));
    assert_eq!(coarse, ["partly ours", "sketches", "model.safetensors"].map(Value::from));
    let said = environment.gainsay(&["match", "rounded.gguf"]).succeeded();
    assert!(said.contains("Recognised: 1 by the weights of models"), "{said}");
    for (name, file) in
        [("theirs.safetensors", safetensors(&model(3), "F32", single)), ("theirs.gguf", gguf(&model(4), 8, eight_bits))]
    {
        assert_eq!(matched(&environment, name, &file)[0], "not found", "{name}");
    }
    // What PyTorch writes is an archive of storages, of whose numbers no type is told.
    let storages: Vec<(String, Vec<u8>)> =
        ours.iter().enumerate().map(|(at, layer)| (format!("model/data/{at}"), brain(layer))).collect();
    let files: Vec<(&str, &[u8])> = storages.iter().map(|(name, data)| (name.as_str(), &data[..])).collect();
    environment.write("model.pt", zip(&files));
    let found = environment.gainsay(&["match", "model.pt", "--json"]).stdout;
    let found: Value = serde_json::from_str(&found).unwrap();
    let rows = found["results"][0]["rows"].as_array().unwrap();
    let storages: Vec<&Value> = rows.iter().filter(|row| row["channel"] == "sketches").collect();
    assert_eq!(storages.len(), 4, "{found}");
    assert!(storages.iter().all(|row| row["best"]["path"] == "model.safetensors"), "{found}");
}

#[test]
fn public_weights_are_nobodys_however_they_are_rounded_and_what_was_trained_from_them_is() {
    let environment = Environment::with_desk();
    let base = model(9);
    let ours = trained(&base, 6, 30.0);
    environment.write("ours/model.gguf", gguf(&ours, 8, eight_bits));
    environment.write("ours/coarse.gguf", gguf(&ours, 6, five_bits));
    environment.write("base/base.safetensors", safetensors(&base, "F32", single));
    environment.gainsay(&["corpus", "add", "models", "ours"]).succeeded();
    environment.gainsay(&["corpus", "add", "bases", "base", "--public"]).succeeded();
    for (name, file) in [
        ("base.gguf", gguf(&base, 8, eight_bits)),
        ("base-16.gguf", gguf(&base, 30, brain)),
        ("base-5.gguf", gguf(&base, 6, five_bits)),
        ("theirs.gguf", gguf(&trained(&base, 7, 1.0), 30, brain)),
    ] {
        assert_eq!(matched(&environment, name, &file)[0], "public only", "{name}");
    }
    let [verdict, channel, best] = matched(&environment, "ours.gguf", &gguf(&ours, 30, brain));
    assert_eq!([verdict, channel, best], ["partly ours", "sketches", "model.gguf"].map(Value::from));
}

#[test]
fn a_pickle_that_would_run_code_runs_nothing_and_the_weights_beside_it_are_read() {
    let environment = Environment::with_desk();
    environment.write("ours/model.safetensors", safetensors(&model(1), "F32", single));
    environment.gainsay(&["corpus", "add", "models", "ours"]).succeeded();
    let ran = environment.path("ran");
    // Loading it would call os.system, by protocol 0 and by 2.
    let command = format!("touch '{}'", ran.display());
    let old = format!("cos\nsystem\n(S\"{command}\"\ntR.");
    let length = u32::try_from(command.len()).unwrap().to_le_bytes();
    let new = [&b"\x80\x02cposix\nsystem\nX"[..], &length, command.as_bytes(), b"\x85R."].concat();
    let storage = brain(&weights(1 << 32));
    let files: [(&str, &[u8]); 3] =
        [("model/data.pkl", &new), ("model/old.pkl", old.as_bytes()), ("model/data/0", &storage)];
    environment.write("model.pt", zip(&files));
    environment.write("bare.pkl", &new);
    for sample in ["model.pt", "bare.pkl"] {
        let found: Value = serde_json::from_str(&environment.gainsay(&["match", sample, "--json"]).stdout).unwrap();
        let rows = found["results"][0]["rows"].as_array().unwrap();
        let is_weights = |row: &&Value| row["channel"] == "sketches" && row["best"]["path"] == "model.safetensors";
        assert_eq!(rows.iter().filter(is_weights).count(), usize::from(sample == "model.pt"), "{found}");
        assert!(!ran.exists(), "{sample}");
    }
}
