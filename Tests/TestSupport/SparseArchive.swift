internal import Foundation
internal import Host

/// Archives of files with holes, as GNU tar makes them.
public enum SparseArchive {
    /// The forms that GNU tar knows.
    public static let forms = [
        "--format=oldgnu", "--format=gnu", "--format=pax --sparse-version=0.0",
        "--format=pax --sparse-version=0.1", "--format=pax --sparse-version=1.0",
    ]

    /// Files with holes: few, many, at either end, nothing but one, and none; with a long name.
    public static let names = [
        "few", "many", "ends", "hole", "whole", "empty",
        "folder/" + String(repeating: "long-name-", count: 12),
    ]

    /// Makes the files below `directory`.
    public static func fill(_ directory: TemporaryDirectory) throws {
        let script = """
            set -eu
            put() { # file, offset in KiB, text
                printf '%s' "$3" | dd of="$1" bs=1024 seek="$2" conv=notrunc status=none
            }
            mkdir -p folder
            for name in "$@"; do : >"$name"; done
            truncate -s 1M few; put few 200 some; put few 700 data
            truncate -s 12M many; n=0; while [ $n -lt 90 ]; do put many $((n * 128 + 7)) "piece $n"; n=$((n + 1)); done
            put ends 0 start; put ends 1023 end
            truncate -s 3000001 hole
            put whole 0 "all of it"
            truncate -s 700K "$7"; put "$7" 300 long
            find . -exec touch -d @1500000000 {} +
            """
        try Tool.run("sh", ["-c", script, "sh"] + names, in: directory.path)
    }

    /// The files of `fill` in an archive of one of `forms`; without their holes if `form` is nil.
    public static func archive(_ directory: TemporaryDirectory, form: String?) throws -> [UInt8] {
        let options =
            form.map { ["--sparse"] + $0.split(separator: " ").map(String.init) } ?? ["--format=pax"]
        let same = [
            "--create", "--sort=name", "--owner=:7", "--group=:8", "--mode=u=rw,go=r", "--mtime=@1500000000",
            "--pax-option=delete=atime,delete=ctime",
        ]
        let usable = form?.contains("gnu") == true ? Array(same.dropLast()) : same
        return try Tool.run("tar", options + usable + ["--"] + names, in: directory.path).output
    }
}
