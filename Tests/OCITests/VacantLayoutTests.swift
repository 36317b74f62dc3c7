import Foundation
import OCI
import TestSupport
import Testing

@Suite struct VacantLayoutTests {
    /// The default cache directory also takes what is derived from caches that cannot be written.
    @Test func aDirectoryWithNothingButDerivedDataIsAnEmptyCache() throws {
        let directory = try TemporaryDirectory()
        try directory.write("derived/layers/note", "x")
        #expect(try ImageLayout(reading: directory.path).images().isEmpty)
        #expect(try directory.list() == ["derived"])
        _ = try ImageLayout(creating: directory.path)
        #expect(try ImageLayout(opening: directory.path).images().isEmpty)
    }

    @Test func aDirectoryWithOtherThingsIsNoCache() throws {
        let directory = try TemporaryDirectory()
        try directory.write("thesis.txt", "x")
        #expect(throws: ImageError.self) { try ImageLayout(reading: directory.path) }
    }

    /// Another process that makes the cache has come as far, or was killed there.
    @Test(arguments: [
        ["blobs/sha256/"], ["blobs/sha256/", ".lock"], ["blobs/sha256/", ".lock", ".identikit-a1B2c3.tmp"],
        ["blobs/sha256/.identikit-a1B2c3.tmp", ".lock", "derived/layers/note"],
        ["blobs/sha256/", ".lock", "index.json"],
    ])
    func aCacheThatIsBeingMadeIsEmpty(files: [String]) throws {
        let directory = try TemporaryDirectory()
        let made = try TemporaryDirectory()
        _ = try ImageLayout(creating: made.path)
        for file in files {
            if file.hasSuffix("/") {
                try FileManager.default.createDirectory(
                    atPath: "\(directory.path)/\(file)", withIntermediateDirectories: true)
            } else {
                try directory.write(file, file == "index.json" ? try made.read(file) : [])
            }
        }
        #expect(try ImageLayout(reading: directory.path).images().isEmpty)
        _ = try ImageLayout(creating: directory.path)
        #expect(try ImageLayout(opening: directory.path).images().isEmpty)
        #expect(try directory.read("index.json") == made.read("index.json"))
    }

    /// `oci-layout` comes last: who sees it sees a whole layout.
    @Test func aCacheWithBlobsOrNamesAndNoMarkerIsDamaged() throws {
        for file in ["blobs/sha256/\(String(repeating: "a", count: 64))", "index.json"] {
            let directory = try TemporaryDirectory()
            try directory.write(file, #"{"schemaVersion":2,"manifests":[{"x":1}]}"#)
            #expect(throws: ImageError.self) { try ImageLayout(reading: directory.path) }
        }
    }
}
