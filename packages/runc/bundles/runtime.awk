# Turns a bundle's runtime.json into shell calls, one per entry:
#
#     runtime_cgroup PATH
#     runtime_mount TYPE SOURCE DESTINATION OPTION,OPTION
#     runtime_mkdir PATH
#     runtime_interface NAME KIND PEER IN_ROOT
#     runtime_namespace KIND PATH
#
# The file is always written the same way, one value on a line and four spaces
# per level, so the indentation says where a value belongs.

BEGIN {
    plain["u003c"] = "<"; plain["u003e"] = ">"; plain["u0026"] = "&"
    plain["n"] = "\n"; plain["t"] = "\t"
}

# A JSON string without its quotes and escapes.
function text(json,    out, escape) {
    json = substr(json, 2, length(json) - 2)
    while (match(json, /\\(u....|.)/)) {
        escape = substr(json, RSTART + 1, RLENGTH - 1)
        out = out substr(json, 1, RSTART - 1) (escape in plain ? plain[escape] : escape)
        json = substr(json, RSTART + RLENGTH)
    }
    return out json
}

# One word for the shell, whatever is in it.
function word(s) {
    gsub(/'/, "'\\''", s)
    return " '" s "'"
}

{
    match($0, /^ */)
    level = RLENGTH / 4
    line = substr($0, RLENGTH + 1)
    sub(/,$/, "", line)
    key = ""
    if (match(line, /^"[A-Za-z]+": /)) {
        key = substr(line, 2, RLENGTH - 4)
        line = substr(line, RLENGTH + 1)
    }
}

level == 1 && key != "" { section = key }

level == 2 && line == "{" {
    type = source = destination = options = name = kind = peer = ""
    inRoot = "false"
}

level == 3 && key == "type" { type = text(line) }
level == 3 && key == "source" { source = text(line) }
level == 3 && key == "destination" { destination = text(line) }
level == 4 { options = options (options == "" ? "" : ",") text(line) }

level == 3 && key == "name" { name = text(line) }
level == 3 && key == "add" { kind = text(line) }
level == 3 && key == "peer" { peer = text(line) }
level == 3 && key == "createInRoot" { inRoot = line }

level == 2 && line == "}" && section == "mounts" {
    print "runtime_mount" word(type) word(source) word(destination) word(options)
}
level == 2 && line == "}" && section == "interfaces" {
    print "runtime_interface" word(name) word(kind) word(peer) word(inRoot)
}
level == 2 && section == "cgroups" { print "runtime_cgroup" word(text(line)) }
level == 2 && section == "mkdir" { print "runtime_mkdir" word(text(line)) }
level == 2 && section == "bindNS" && line != "\"\"" && key != "" {
    print "runtime_namespace" word(key) word(text(line))
}
