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
}
