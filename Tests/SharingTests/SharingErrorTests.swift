import Sharing
import Testing

@Suite struct SharingErrorTests {
    @Test func namesTheArtifact() {
        #expect("\(SharingError(reference: "a/b", reason: "gone"))" == "a/b: gone")
    }
}
