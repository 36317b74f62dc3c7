import Foundation
import OCI
import TestSupport
import Testing

@Suite struct VacantLayoutTests {
    /// The default cache folder also takes what is derived from caches that cannot be written.
    @Test func aFolderWithNothingButDerivedDataIsAnEmptyCache() throws {
        let folder = try TemporaryFolder()
        try folder.write("derived/layers/note", "x")
        #expect(try ImageLayout(reading: folder.path).images().isEmpty)
        #expect(try folder.list() == ["derived"])
        _ = try ImageLayout(creating: folder.path)
        #expect(try ImageLayout(opening: folder.path).images().isEmpty)
    }

    @Test func aFolderWithOtherThingsIsNoCache() throws {
        let folder = try TemporaryFolder()
        try folder.write("thesis.txt", "x")
        #expect(throws: ImageError.self) { try ImageLayout(reading: folder.path) }
    }

    /// Another process that makes the cache has come as far, or was killed there.
    @Test(arguments: [
        ["blobs/sha256/"], ["blobs/sha256/", ".lock"], ["blobs/sha256/", ".lock", ".identikit-a1B2c3.tmp"],
        ["blobs/sha256/.identikit-a1B2c3.tmp", ".lock", "derived/layers/note"],
        ["blobs/sha256/", ".lock", "index.json"],
    ])
    func aCacheThatIsBeingMadeIsEmpty(files: [String]) throws {
        let folder = try TemporaryFolder()
        let made = try TemporaryFolder()
        _ = try ImageLayout(creating: made.path)
        for file in files {
            if file.hasSuffix("/") {
                try FileManager.default.createDirectory(
                    atPath: "\(folder.path)/\(file)", withIntermediateDirectories: true)
            } else {
                try folder.write(file, file == "index.json" ? try made.read(file) : [])
            }
        }
        #expect(try ImageLayout(reading: folder.path).images().isEmpty)
        _ = try ImageLayout(creating: folder.path)
        #expect(try ImageLayout(opening: folder.path).images().isEmpty)
        #expect(try folder.read("index.json") == made.read("index.json"))
    }

    /// `oci-layout` comes last: who sees it sees a whole layout.
    @Test func aCacheWithBlobsOrNamesAndNoMarkerIsDamaged() throws {
        for file in ["blobs/sha256/\(String(repeating: "a", count: 64))", "index.json"] {
            let folder = try TemporaryFolder()
            try folder.write(file, #"{"schemaVersion":2,"manifests":[{"x":1}]}"#)
            #expect(throws: ImageError.self) { try ImageLayout(reading: folder.path) }
        }
    }
}
