import Bytes
import Digests
import FileTree
import Foundation
import OCI
import Tar

/// A tree as lines by path: kind, mode, owner, time, contents, and which names are one file.
struct TreeListing {
    private(set) var lines: [String: String] = [:]

    /// What is in `directory`.
    init(directory: String) throws {
        var groups: [UInt64: [String]] = [:]
        let names = (FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String }) ?? []
        for name in names {
            var status = stat()
            guard lstat("\(directory)/\(name)", &status) == 0 else { throw CocoaError(.fileReadUnknown) }
            let owner = "\(status.st_uid):\(status.st_gid)"
            let mode = String(status.st_mode & 0o7777, radix: 8)
            switch status.st_mode & S_IFMT {
            case S_IFDIR: lines[name] = "directory"
            case S_IFLNK:
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
                lines[name] = "link to \(target) \(owner)"
            case S_IFREG:
                let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))
                lines[name] =
                    "file \(mode) \(owner) \(status.st_mtim.tv_sec) \(String(decoding: data, as: UTF8.self))"
            default: lines[name] = "special \(mode) \(owner) \(status.st_rdev)"
            }
            if status.st_mode & S_IFMT != S_IFDIR { groups[UInt64(status.st_ino), default: []].append(name) }
        }
        addGroups(Array(groups.values))
    }

    /// What `entries` make, each of which may link to one that comes after it.
    init(entries: [TarEntry], store: some BlobStore) throws {
        var links: [String: String] = [:]
        for entry in entries {
            let name = entry.header.name.text
            let owner = "\(entry.header.uid):\(entry.header.gid)"
            let mode = String(entry.header.mode & 0o7777, radix: 8)
            switch entry.header.typeFlag {
            case .directory: lines[name] = "directory"
            case .symbolicLink: lines[name] = "link to \(entry.header.linkName) \(owner)"
            case .hardLink: links[name] = Self.cleaned(entry.header.linkName.text)
            case .regular:
                var source = try store.source(entry.contents)
                let bytes = try source.readAll(limit: 1 << 20, of: name)
                let text = String(decoding: bytes, as: UTF8.self)
                lines[name] = "file \(mode) \(owner) \(entry.header.modified.seconds) \(text)"
            default:
                let device = UInt64(entry.header.deviceMajor) << 8 | UInt64(entry.header.deviceMinor)
                lines[name] = "special \(mode) \(owner) \(device)"
            }
        }
        lines["."] = nil
        try resolve(links)
        addDirectoriesOnTheWay()
    }

    private mutating func resolve(_ links: [String: String]) throws {
        var groups: [String: [String]] = [:]
        for (name, line) in lines where line != "directory" { groups[name] = [name] }
        for name in links.keys {
            var target = name
            var steps = 0
            while let next = links[target], steps < 100 { (target, steps) = (next, steps + 1) }
            lines[name] = lines[target] ?? "hard link to \(target), which is not there"
            groups[target, default: []].append(name)
        }
        addGroups(Array(groups.values))
    }

    private mutating func addGroups(_ groups: [[String]]) {
        for group in groups where group.count > 1 {
            for name in group { lines[name]? += " one file: \(group.sorted().joined(separator: " "))" }
        }
    }

    private mutating func addDirectoriesOnTheWay() {
        for name in Array(lines.keys) {
            var parts = name.split(separator: "/")
            while parts.count > 1 {
                parts.removeLast()
                let directory = parts.joined(separator: "/")
                lines[directory] = lines[directory] ?? "directory"
            }
        }
    }

    private static func cleaned(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
