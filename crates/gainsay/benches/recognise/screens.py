# Draws pictures of a screen that shows files of a repository: in the folder of the argument, as `pictures`, with what each shows in
# `truth.json`. Beside them stand `ours` and `theirs`, folders of files. Chromium draws; Pillow cuts, scales and compresses.
import concurrent.futures
import html
import json
import os
import random
import re
import subprocess
import sys

from PIL import Image

FOLDER = sys.argv[1]
COUNT = int(os.environ.get("SCREENS", "240"))
FOREIGN = COUNT // 4
chance = random.Random(int(os.environ.get("SEED") or "1"))

MONO = ["DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono"]
SANS = ["DejaVu Sans", "Liberation Sans", "Liberation Sans Narrow"]
KEYWORDS = set(
    "func return if else for range package import var const type struct interface map string int bool nil true false error case switch "
    "static void char def class self from not in is None public private new this final let fn pub impl use mut match".split()
)
ENGLISH = {
    "menu": "File  Edit  Selection  View  Go  Run  Terminal  Help",
    "status": "Ln 12, Col 5   Spaces: 4   UTF-8   LF",
    "columns": ("Name", "Date modified", "Type", "Size"),
    "kind": "File",
    "places": ("Quick access", "Desktop", "Downloads", "Documents", "This PC"),
    "sides": ("EXPLORER", "OUTLINE", "TIMELINE", "src", "docs", "README.md", "LICENSE"),
}
RUSSIAN = {
    "menu": "Файл  Правка  Выделение  Вид  Переход  Выполнить  Терминал  Справка",
    "status": "Строка 12, столбец 5   Пробелов: 4   UTF-8   LF",
    "columns": ("Имя", "Дата изменения", "Тип", "Размер"),
    "kind": "Файл",
    "places": ("Быстрый доступ", "Рабочий стол", "Загрузки", "Документы", "Этот компьютер"),
    "sides": ("ПРОВОДНИК", "СТРУКТУРА", "ВРЕМЕННАЯ ШКАЛА", "src", "docs", "README.md", "LICENSE"),
}


def below(folder):
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(root, name), folder)


def lines_of(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            lines = file.read().split("\n")
    except (UnicodeDecodeError, OSError):
        return []
    return [line.replace("\t", "    ") for line in lines]


def coloured(line, dark):
    word, text, comment = ("#569cd6", "#ce9178", "#6a9955") if dark else ("#0000ff", "#a31515", "#008000")
    out = []
    for part in re.findall(r'//.*|#.*|"(?:\\.|[^"])*"|\w+|\s+|.', line):
        colour = comment if part.startswith(("//", "#")) else text if part.startswith('"') else word if part in KEYWORDS else None
        part = html.escape(part)
        out.append(f'<span style="color:{colour}">{part}</span>' if colour else part)
    return "".join(out)


def page(back, fore, inside):
    return f'<meta charset="utf-8"><body style="margin:0;overflow:hidden;background:{back};color:{fore}">{inside}'


def bar(back, fore, text, more=""):
    return f'<div style="background:{back};color:{fore};padding:5px 8px;font:12px \'DejaVu Sans\';white-space:pre;{more}">{text}</div>'


def code(look, name, lines, start, size, font, dark, words):
    back, fore = ("#1e1e1e", "#d4d4d4") if dark else ("#ffffff", "#222222")
    if look == "terminal":
        back, fore = ("#0c0c0c", "#cccccc") if dark else ("#fdf6e3", "#3b4c52")
    rows = []
    for number, line in enumerate(lines, start + 1):
        if look == "terminal":
            rows.append(html.escape(line))
        else:
            rows.append(
                f'<span style="color:#858585;display:inline-block;width:{4 * size}px;text-align:right;margin-right:14px">{number}</span>'
                + coloured(line, dark)
            )
    text = f"<pre style=\"font:{size}px '{font}';line-height:1.35;margin:6px\">" + "\n".join(rows) + "</pre>"
    if look == "terminal":
        prompt = f"<pre style=\"font:{size}px '{font}';margin:6px 6px 0\">user@build-07:~/src$ cat {html.escape(name)}</pre>"
        return page(back, fore, bar("#444", "#eee", "user@build-07: ~/src", "text-align:center") + prompt + text)
    if look == "browser":
        address = f"←  →  ⟳   https://git.example.com/project/blob/main/{html.escape(name)}"
        return page(back, fore, bar("#dee1e6", "#222", address) + bar(back, fore, html.escape(name.replace("/", " / "))) + text)
    side = "".join(f"<div style='padding:3px 10px'>{it}</div>" for it in words["sides"])
    shade = "#252526" if dark else "#f3f3f3"
    return page(
        back,
        fore,
        bar("#3c3c3c" if dark else "#dddddd", "#ccc" if dark else "#333", words["menu"])
        + f"<div style='display:flex'><div style=\"width:150px;background:{shade};height:1200px;font:12px 'DejaVu Sans'\">{side}</div><div>"
        + bar(back, fore, html.escape(os.path.basename(name)) + "  ×", "border-bottom:1px solid #888")
        + text
        + "</div></div>"
        + bar("#007acc", "#fff", words["status"], "position:fixed;bottom:0;width:100%"),
    )


def rounded(size, words, kind):
    if kind == "windows":
        return f"{-(-size // 1024)} {'КБ' if words is RUSSIAN else 'KB'}"
    if size < 1000:
        return f"{size} {'байт' if words is RUSSIAN else 'bytes'}"
    text = f"{size / 1000:.1f}"
    return f"{text.replace('.', ',')} кБ" if words is RUSSIAN else f"{text} kB"


def manager(folder, files, size, font, dark, words):
    back, fore, shade = ("#202020", "#e0e0e0", "#2b2b2b") if dark else ("#ffffff", "#1a1a1a", "#f0f0f0")
    kind = chance.choice(["windows", "gnome"])
    rows = ["<tr>" + "".join(f"<td style='padding:2px 14px;color:#888'>{it}</td>" for it in words["columns"]) + "</tr>"]
    for name, length in files:
        day = f"{chance.randint(1, 28):02}.{chance.randint(1, 12):02}.20{chance.randint(17, 19)} {chance.randint(8, 19):02}:{chance.randint(0, 59):02}"
        cells = (name, day, f"{words['kind']} {name.rsplit('.', 1)[-1].upper()}", rounded(length, words, kind))
        rows.append("<tr>" + "".join(f"<td style='padding:2px 14px;white-space:nowrap'>{html.escape(it)}</td>" for it in cells) + "</tr>")
    places = "".join(f"<div style='padding:4px 10px'>{it}</div>" for it in words["places"])
    address = " › ".join(["D:", "backup", "src"] + [part for part in folder.split("/") if part])
    return page(
        back,
        fore,
        bar(shade, fore, html.escape(address))
        + f"<div style=\"display:flex;font:{size}px '{font}'\"><div style='width:170px;background:{shade};height:1200px'>{places}</div>"
        + f"<table style='border-spacing:0'>{''.join(rows)}</table></div>",
    )


def boxes(width, height):
    out = ""
    for _ in range(chance.randint(1, 3)):
        wide, high = chance.randint(width // 8, width // 3), chance.randint(height // 16, height // 5)
        left, top = chance.randint(0, width - wide), chance.randint(60, height - high)
        colour = chance.choice(["#000", "#c00", "#fff", "#ececec"])
        out += f"<div style='position:fixed;left:{left}px;top:{top}px;width:{wide}px;height:{high}px;background:{colour};border:1px solid #666'></div>"
    return out


def drawn(job):
    number, text, (width, height), cut, scale, jpeg = job
    source, picture = os.path.join(FOLDER, "html", f"{number}.html"), os.path.join(FOLDER, "html", f"{number}.png")
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}"]
    arguments += [f"--user-data-dir={os.path.join(FOLDER, 'html', 'profile' + str(number))}", f"--screenshot={picture}", "file://" + source]
    subprocess.run(["chromium", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    image = Image.open(picture).convert("RGB")
    if cut:
        image = image.crop(cut)
    if scale != 1:
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.BILINEAR)
    name = f"{number:03}.{'jpg' if jpeg else 'png'}"
    image.save(os.path.join(FOLDER, "pictures", name), **({"quality": 60} if jpeg else {}))
    return name


for part in ("html", "pictures"):
    os.makedirs(os.path.join(FOLDER, part))
jobs, truth = [], {}
code_of = {}
for side in ("ours", "theirs"):
    root = os.path.join(FOLDER, side)
    named = [name for name in below(root) if name.endswith((".go", ".c", ".h", ".py", ".rs", ".java", ".md"))]
    code_of[side] = [(name, lines) for name in named if len(lines := lines_of(root, name)) >= 40]
folders = {}
for name in below(os.path.join(FOLDER, "ours")):
    full = os.path.join(FOLDER, "ours", name)
    folders.setdefault(os.path.dirname(name), []).append((os.path.basename(name), os.path.getsize(full)))
folders = {folder: files for folder, files in folders.items() if len(files) >= 8}
for number in range(COUNT + FOREIGN):
    side = "ours" if number < COUNT else "theirs"
    look = ["editor", "terminal", "browser", "files"][number % (4 if side == "ours" else 3)]
    size, dark = chance.choice([11, 14]), chance.random() < 0.5
    words = RUSSIAN if chance.random() < 0.25 else ENGLISH
    width, height = chance.choice([(900, 600), (1100, 700), (1280, 720), (1440, 900)])
    if look == "files":
        folder = chance.choice(sorted(folders))
        files = folders[folder]
        begin = chance.randint(0, max(0, len(files) - 24))
        text = manager(folder, files[begin:], size, chance.choice(SANS), dark, words)
        shown = folder
    else:
        shown, lines = chance.choice(code_of[side])
        begin = chance.randint(0, len(lines) - 30)
        text = code(look, shown, lines[begin : begin + 90], begin, size, chance.choice(MONO), dark, words)
    has_boxes, jpeg = chance.random() < 0.25, chance.random() < 0.33
    scale = chance.choice([0.85, 1.25, 1.5]) if chance.random() < 0.25 else 1
    if has_boxes:
        text += boxes(width, height)
    cut = None
    if chance.random() < 0.33:
        left, top = chance.randint(0, width // 5), chance.randint(0, height // 5)
        cut = (left, top, chance.randint(width * 4 // 5, width), chance.randint(height * 4 // 5, height))
    jobs.append((number, text, (width, height), cut, scale, jpeg))
    truth[number] = {
        "side": side, "look": look, "path": shown, "pixels": size, "dark": dark, "russian": words is RUSSIAN,
        "boxes": has_boxes, "cut": cut is not None, "scale": scale, "jpeg": jpeg,
    }
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
    names = list(threads.map(drawn, jobs))
with open(os.path.join(FOLDER, "truth.json"), "w", encoding="utf-8") as file:
    json.dump({name: truth[number] for number, name in enumerate(names)}, file)
