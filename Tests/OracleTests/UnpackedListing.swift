import Foundation
import Host
import TestSupport

/// Files as busybox lists them, on this machine or in a virtual one, with the same script.
struct UnpackedListing {
    /// `kind mode uid:gid device` and the digest or target, by path.
    private(set) var files: [String: String] = [:]
    /// Seconds since 1970, by path.
    private(set) var times: [String: String] = [:]
    /// The names that are one file, joined; of files with several names only.
    private(set) var links: Set<String> = []

    /// A function `list` of busybox's shell, in `$B`: one line a file below the current directory.
    static let script = """
        list() {
          $B find . | $B sort | while IFS= read -r path; do
            case "$path" in . | ./oracle | ./oracle/*) continue ;; esac
            if [ -L "$path" ]; then what=$($B readlink "$path")
            elif [ -f "$path" ]; then what=$($B sha256sum <"$path"); what=${what%% *}
            else what=-; fi
            echo "LIST|${path#./}|$($B stat -c '%F %a %u:%g %t:%T|%Y|%i' "$path")|$what|"
          done
        }
        """

    /// Lists `directory` of this machine.
    init(directory: String) throws {
        let script = "B=$(command -v busybox)\n\(Self.script)\nlist"
        self.init(try Tool.run("busybox", ["sh", "-c", script], in: directory).outputText)
    }

    /// Reads what `list` printed, whatever else is in the text.
    init(_ text: String) {
        var groups: [String: [String]] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let start = line.range(of: "LIST|") else { continue }
            let fields = line[start.upperBound...].split(separator: "|", omittingEmptySubsequences: false)
                .map(String.init)
            guard fields.count == 6 else { continue }
            let isLink = fields[1].hasPrefix("symbolic link")
            files[fields[0]] = "\(fields[1]) \(fields[4])"
            times[fields[0]] = fields[2]
            if !isLink, !fields[1].hasPrefix("directory") { groups[fields[3], default: []].append(fields[0]) }
        }
        links = Set(groups.values.filter { $0.count > 1 }.map { $0.sorted().joined(separator: " = ") })
    }

    /// Replaces the times of some files.
    mutating func setTimes(_ other: [String: String]) { times.merge(other) { $1 } }

    /// With the modes of symbolic links, which nothing ever looks at, as Linux makes them; and, if `setuid` is false,
    /// without the bits for other users' rights.
    func normalized(setuid: Bool = true) -> UnpackedListing {
        var listing = self
        for (path, line) in files {
            var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            if line.hasPrefix("symbolic link"), words.count > 2 { words[2] = "777" }
            if !setuid, line.hasPrefix("regular file"), words.count > 2, words[2].count == 4 {
                words[2].removeFirst()
            }
            listing.files[path] = words.joined(separator: " ")
        }
        return listing
    }

    /// Without what is below `directory`.
    func without(below directory: String) -> UnpackedListing {
        var listing = self
        listing.files = files.filter { !$0.key.hasPrefix("\(directory)/") }
        listing.times = times.filter { !$0.key.hasPrefix("\(directory)/") }
        return listing
    }

    /// Lines that say where `self` is another than `expected`; `added` are paths that only it may have.
    func differences(
        from expected: UnpackedListing, added: Set<String> = [], timesOf hasTime: (String) -> Bool
    ) -> [String] {
        Set(files.keys).union(expected.files.keys).sorted().compactMap { path in
            let (found, wanted) = (files[path], expected.files[path])
            if wanted == nil, added.contains(path) { return nil }
            if found != wanted { return "\(path): \(found ?? "absent"), not \(wanted ?? "absent")" }
            guard hasTime(path), times[path] != expected.times[path] else { return nil }
            return "\(path): time \(times[path] ?? ""), not \(expected.times[path] ?? "")"
        }
    }
}
