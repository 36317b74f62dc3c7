import Building
import Bytes
import Digests
import OCI
import Testing

@testable import Locking

@Suite struct LockFileTests {
    private static func digest(_ text: String) -> SHA256Digest { SHA256Digest(hashing: Array(text.utf8)) }

    private static func lock() throws -> ImageLock {
        var lock = ImageLock(configuration: digest("configuration"))
        lock.files["https://example.org/b.yml"] = digest("file")
        lock.images[try ImageReference("linuxkit/runc:1")] = ImagePin(
            root: digest("runc"),
            manifests: [
                Platform(architecture: "arm64", variant: "v8"): digest("arm"),
                Platform(architecture: "amd64"): digest("amd"),
            ])
        lock.images[try ImageReference("linuxkit/init:1")] = ImagePin(root: digest("init"), manifests: [:])
        return lock
    }

    @Test("The file is read back as it was written, and is sorted")
    func roundTrip() throws {
        let lock = try Self.lock()
        let text = LockFile.text(lock)
        #expect(try LockFile.parse(text, path: "x.lock.json") == lock)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
        let names = lines.filter { $0.contains("docker.io/") }
        #expect(names.count == 2 && names == names.sorted())
        #expect(
            lines.firstIndex { $0.contains("linux/amd64") }! < lines.firstIndex {
                $0.contains("linux/arm64")
            }!)
        #expect(text.last == UInt8(ascii: "\n") && lines.count > 12, "one value per line")
    }

    @Test(
        "The lock is beside the configuration",
        arguments: [
            ("linuxkit.yml", "linuxkit.lock.json"), ("a/b.yaml", "a/b.lock.json"), ("kit", "kit.lock.json"),
        ])
    func path(configuration: String, lock: String) {
        #expect(LockFile.path(for: configuration) == lock)
    }

    @Test(
        "What is not understood is refused, and its place is named",
        arguments: [
            ("", "x.lock.json"), ("[]", "the document"), (#"{"version": 2}"#, "version: 2"),
            (#"{"version": 1}"#, "configuration"),
            (#"{"version": 1, "configuration": "sha256:1"}"#, "configuration"),
            (#"{"version": 1, "image": {}}"#, #"unknown member "image""#),
        ])
    func refused(text: String, words: String) {
        let error = #expect(throws: LockFileError.self) {
            try LockFile.parse(Array(text.utf8), path: "x.lock.json")
        }
        #expect("\(error!)".contains(words) && "\(error!)".hasPrefix("x.lock.json is not a lock file: "))
    }

    @Test("Wrong names, platforms and digests of images are refused")
    func refusedImages() throws {
        let text = String(decoding: LockFile.text(try Self.lock()), as: UTF8.self)
        for (from, to) in [
            ("docker.io/linuxkit/init:1", "Not a name"), ("linux/amd64", "linux"),
            ("\"digest\"", "\"digests\""),
            ("sha256:" + Self.digest("amd").hex, "sha256:" + Self.digest("amd").hex.dropLast()),
        ] {
            let wrong = text.replacing(from, with: to)
            #expect(throws: LockFileError.self, "\(to)") {
                try LockFile.parse(Array(wrong.utf8), path: "x.lock.json")
            }
        }
    }

    @Test("Databases of apk and dpkg are read, and what changed is listed by name")
    func packages() {
        let apk = ImageChanges.parse(
            Array("C:Q1\nP:musl\nV:1.2.4-r2\nA:x86_64\n\nP:busybox\nV:1.36\n".utf8), name: "P:", version: "V:"
        )
        #expect(apk == ["musl": "1.2.4-r2", "busybox": "1.36"])
        let dpkg = ImageChanges.parse(
            Array("Package: libc6\nStatus: install\nVersion: 2.36-9\n\nVersion: 1\n".utf8), name: "Package:",
            version: "Version:")
        #expect(dpkg == ["libc6": "2.36-9"])
        let changes = ImageChanges.changes(apk, ["musl": "1.2.5", "zlib": "1.3"])
        #expect(changes.map(\.name) == ["busybox", "musl", "zlib"])
        #expect(changes[0].to == nil && changes[1].from == "1.2.4-r2" && changes[2].from == nil)
    }

    @Test("Locked images stay unless they are updated; new ones are added, unused ones removed")
    func update() throws {
        let old = try Self.lock()
        var found = old
        let runc = try ImageReference("linuxkit/runc:1")
        let other = try ImageReference("redis:7")
        found.images[runc] = ImagePin(root: Self.digest("newer"), manifests: [:])
        found.images[try ImageReference("linuxkit/init:1")] = nil
        found.images[other] = ImagePin(root: Self.digest("redis"), manifests: [:])
        let kept = LockUpdate(found: found, old: old) { _ in false }
        #expect(kept.lock.images[runc] == old.images[runc] && kept.moved.isEmpty)
        #expect(kept.added == [other] && kept.removed.map(\.description) == ["docker.io/linuxkit/init:1"])
        let moved = LockUpdate(found: found, old: old) { $0 == runc }
        #expect(moved.lock.images[runc] == found.images[runc] && moved.moved.map(\.reference) == [runc])
        #expect(LockUpdate(found: found, old: nil) { _ in true }.added.count == 2)
    }
}
