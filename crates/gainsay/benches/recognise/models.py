# Trains small models and stores them with the formats' own libraries: in the folder of the argument, `ours` for the corpus and
# `samples`. What is in the name of a sample before its first dash is which of ours it is, or `theirs`.
import os
import sys

# On one thread sums come in one order, and the models are the same each time.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gguf
import ml_dtypes
import numpy
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

FOLDER = sys.argv[1]
MODELS = int(os.environ.get("MODELS", "20"))
SIDES = [(512, 256), (512, 512), (256, 512), (10, 256)]


def task(chance):
    """What a model learns: to tell ten kinds of points that overlap."""
    middles = chance.standard_normal((10, 256)).astype(numpy.float32)

    def batch():
        kinds = chance.integers(0, 10, 128)
        return middles[kinds] * 0.3 + chance.standard_normal((128, 256)).astype(numpy.float32), kinds

    return batch


def train(weights, batch, steps, rate):
    """Adam on a network with residual-free layers, as one would write it."""
    weights = {name: value.copy() for name, value in weights.items()}
    first = {name: numpy.zeros_like(value) for name, value in weights.items()}
    second = {name: numpy.zeros_like(value) for name, value in weights.items()}
    for step in range(1, steps + 1):
        points, kinds = batch()
        held = [points]
        for layer in range(len(SIDES)):
            out = held[-1] @ weights[f"layers.{layer}.weight"].T + weights[f"layers.{layer}.bias"]
            held.append(numpy.maximum(out, 0) if layer + 1 < len(SIDES) else out)
        shifted = numpy.exp(held[-1] - held[-1].max(1, keepdims=True))
        error = shifted / shifted.sum(1, keepdims=True)
        error[numpy.arange(len(kinds)), kinds] -= 1
        error /= len(kinds)
        for layer in reversed(range(len(SIDES))):
            slopes = {f"layers.{layer}.weight": error.T @ held[layer], f"layers.{layer}.bias": error.sum(0)}
            error = (error @ weights[f"layers.{layer}.weight"]) * (held[layer] > 0)
            for name, slope in slopes.items():
                first[name] = 0.9 * first[name] + 0.1 * slope
                second[name] = 0.999 * second[name] + 0.001 * slope**2
                change = first[name] / (1 - 0.9**step) / (numpy.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
                weights[name] = (weights[name] - rate * change).astype(numpy.float32)
    return weights


def new(chance):
    weights = {}
    for layer, (out, into) in enumerate(SIDES):
        bound = 1 / into**0.5
        weights[f"layers.{layer}.weight"] = chance.uniform(-bound, bound, (out, into)).astype(numpy.float32)
        weights[f"layers.{layer}.bias"] = chance.uniform(-bound, bound, out).astype(numpy.float32)
    return weights


def as_safetensors(path, weights, of):
    save_file({name: value.astype(of) for name, value in weights.items()}, path + ".safetensors")


def as_gguf(path, weights, of):
    writer = gguf.GGUFWriter(path + ".gguf", "bench")
    writer.add_array("tokenizer.ggml.tokens", ["one", "two"])
    for name, value in weights.items():
        kind = of if value.ndim > 1 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, quantised(value, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def in_six_bits(values):
    """Blocks of `Q6_K`, which the library reads and does not write."""
    values = values.reshape(-1, 16, 16)
    peaks = numpy.take_along_axis(values, numpy.abs(values).argmax(2)[:, :, None], 2)[:, :, 0] / -32
    scale = (numpy.take_along_axis(peaks, numpy.abs(peaks).argmax(1)[:, None], 1) / -128).astype(numpy.float16)
    scales = numpy.clip(numpy.round(peaks / scale), -128, 127).astype(numpy.int8)
    steps = scale.astype(numpy.float32)[:, :, None] * scales[:, :, None]
    levels = numpy.clip(numpy.round(values / numpy.where(steps == 0, 1, steps)), -32, 31) + 32
    levels = levels.astype(numpy.uint8).reshape(-1, 2, 4, 32)
    low = levels[:, :, :2] & 15 | (levels[:, :, 2:] & 15) << 4
    high = sum((levels[:, :, part] >> 4) << 2 * part for part in range(4))
    parts = [low, high, scales.view(numpy.uint8), scale.view(numpy.uint8)]
    return numpy.concatenate([part.reshape(len(values), -1) for part in parts], 1)


def from_the_least(values, bits):
    """Blocks of `Q4_K` and `Q5_K`."""
    values = values.reshape(-1, 8, 32)
    least = numpy.maximum(-values.min(2), 0)
    span = (values.max(2) + least) / ((1 << bits) - 1)
    scale, of_least = ((it.max(1, keepdims=True) / 63).astype(numpy.float16) for it in (span, least))
    scales = numpy.clip(numpy.round(span / scale), 0, 63).astype(numpy.uint8)
    leasts = numpy.clip(numpy.round(least / of_least), 0, 63).astype(numpy.uint8)
    steps = (scale.astype(numpy.float32) * scales)[:, :, None]
    above = values + (of_least.astype(numpy.float32) * leasts)[:, :, None]
    levels = numpy.clip(numpy.round(above / numpy.where(steps == 0, 1, steps)), 0, (1 << bits) - 1)
    levels = levels.astype(numpy.uint8).reshape(-1, 4, 2, 32)
    packed = [scales[:, :4] | scales[:, 4:] >> 4 << 6, leasts[:, :4] | leasts[:, 4:] >> 4 << 6]
    packed += [scales[:, 4:] & 15 | (leasts[:, 4:] & 15) << 4]
    fifths = sum((levels[:, part // 2, part % 2] >> 4) << part for part in range(8)) if bits == 5 else levels[:, 0, 0, :0]
    nibbles = levels[:, :, 0] & 15 | (levels[:, :, 1] & 15) << 4
    parts = [scale.view(numpy.uint8), of_least.view(numpy.uint8), *packed, fifths, nibbles]
    return numpy.concatenate([part.reshape(len(values), -1) for part in parts], 1)


def quantised(value, kind):
    kinds = gguf.GGMLQuantizationType
    by_hand = {kinds.Q6_K: in_six_bits, kinds.Q5_K: lambda it: from_the_least(it, 5), kinds.Q4_K: lambda it: from_the_least(it, 4)}
    if kind not in by_hand:
        return gguf.quants.quantize(value, kind)
    return by_hand[kind](value).reshape(len(value), -1)


def as_onnx(path, weights, of, turned):
    values = {name: numpy.ascontiguousarray(value.T if turned else value).astype(of) for name, value in weights.items()}
    tensors = [numpy_helper.from_array(value, name) for name, value in values.items()]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], "bench", [], [], tensors)), path + ".onnx")


def samples(name, weights):
    path = f"{FOLDER}/samples/{name}-"
    kinds = gguf.GGMLQuantizationType
    as_safetensors(path + "half", weights, numpy.float16)
    as_safetensors(path + "brain", weights, ml_dtypes.bfloat16)
    as_gguf(path + "single", weights, kinds.F32)
    as_gguf(path + "half", weights, kinds.F16)
    as_gguf(path + "quantised", weights, kinds.Q8_0)
    for kind in (kinds.Q6_K, kinds.Q5_K, kinds.Q4_K, kinds.Q5_1, kinds.Q5_0, kinds.Q4_1, kinds.Q4_0):
        as_gguf(path + "coarse " + kind.name, weights, kind)
    as_onnx(path + "half", weights, numpy.float16, False)
    as_onnx(path + "turned", weights, numpy.float32, True)
    numpy.savez(path + "half.npz", **{name: value.astype(numpy.float16) for name, value in weights.items()})


os.makedirs(f"{FOLDER}/ours")
os.makedirs(f"{FOLDER}/samples")
for number in range(MODELS):
    chance = numpy.random.default_rng(number)
    batch = task(chance)
    weights = train(new(chance), batch, 150, 1e-3)
    as_safetensors(f"{FOLDER}/ours/model{number}", weights, numpy.float32)
    samples(f"model{number}", weights)
    # One layer as it came out of another training.
    changed = dict(weights)
    layer = number % 3
    changed[f"layers.{layer}.weight"] = new(chance)[f"layers.{layer}.weight"]
    as_gguf(f"{FOLDER}/samples/model{number}-changed", changed, gguf.GGMLQuantizationType.F16)
    as_safetensors(f"{FOLDER}/samples/model{number}-changed", changed, numpy.float32)
    # The same task, a little further on.
    as_gguf(f"{FOLDER}/samples/model{number}-trained", train(weights, batch, 20, 2e-5), gguf.GGMLQuantizationType.F16)
    # Others learn the same from the same examples, but begin elsewhere.
    again = numpy.random.default_rng(number)
    theirs = train(new(numpy.random.default_rng(1000 + number)), task(again), 150, 1e-3)
    as_safetensors(f"{FOLDER}/samples/theirs-{number}-single", theirs, numpy.float32)
    samples(f"theirs-{number}", theirs)
