"""Manual pages (man(7)) from the help that the executable describes as JSON (`--experimental-dump-help`)."""
import re


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def option_name(name):
    return {"long": "--", "short": "-", "longWithSingleDash": "-"}[name["kind"]] + name["name"]


def synopsis(argument):
    if argument["kind"] == "positional":
        text = f"<{argument['valueName']}>" + (" ..." if argument["isRepeating"] else "")
    else:
        text = option_name(argument["preferredName"])
        if argument["kind"] == "option":
            text += f" <{argument['valueName']}>"
    return f"[{text}]" if argument["isOptional"] else text


def heading(argument):
    if argument["kind"] == "positional":
        return f"<{argument['valueName']}>"
    text = ", ".join(option_name(name) for name in argument["names"])
    return text + (f" <{argument['valueName']}>" if argument["kind"] == "option" else "")


def paragraphs(text):
    """Lines that are indented stay as they are: tables and examples."""
    lines = []
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines.append(".PP")
        isTable = any(line.startswith("  ") for line in block.split("\n"))
        if isTable:
            lines.append(".nf")
        lines.append(escaped(block))
        if isTable:
            lines.append(".fi")
    return lines


def page(path, command):
    name = "-".join(path)
    shown = [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)]
    lines = [f'.TH "{name.upper()}" 1 "" "identikit" "User Commands"', ".SH NAME"]
    lines.append(escaped(f"{name} - {command.get('abstract', '').rstrip('.')}"))
    lines += [".SH SYNOPSIS", f".B {escaped(' '.join(path))}"]
    children = [child for child in command.get("subcommands", []) if child.get("shouldDisplay", True)]
    lines.append(escaped(" ".join(["<command>"] if children else [synopsis(argument) for argument in shown])))
    if command.get("discussion"):
        lines.append(".SH DESCRIPTION")
        lines += paragraphs(command["discussion"])
    if shown:
        lines.append(".SH OPTIONS")
    for argument in shown:
        text = " ".join(filter(None, [argument.get("abstract"), argument.get("discussion")]))
        lines += [".TP", f".B {escaped(heading(argument))}", escaped(text)]
    if children:
        lines.append(".SH COMMANDS")
    for child in children:
        lines += [".TP", f".BR {escaped('-'.join(path + [child['commandName']]))} (1)"]
        lines.append(escaped(child.get("abstract", "")))
    return "\n".join(lines) + "\n"


def pages(command, above=()):
    """The text of every command's page, by name, from the description of the root command."""
    path = [*above, command["commandName"]]
    result = {"-".join(path): page(path, command)}
    for child in command.get("subcommands", []):
        if child.get("shouldDisplay", True) and child["commandName"] != "help":
            result.update(pages(child, path))
    return result
