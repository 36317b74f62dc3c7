import Registry
import Testing

@Suite struct RegistryErrorTests {
    @Test func keepsWhatItIsAbout() {
        let error = RegistryError(registry: "docker.io", .notFound(what: "manifest"))
        #expect(error.registry == "docker.io")
        #expect(error.endpoint == nil)
    }
}
