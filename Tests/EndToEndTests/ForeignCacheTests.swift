import Bytes
import Host
import JSON
import OCI
import TestSupport
import Testing

@Suite("Caches as other tools write them are used as they are") struct ForeignCacheTests {
    @Test(
        "A kit, and every cache command, finds a name as a person wrote it",
        arguments: ["root/consul:dev", "consul"])
    func names(name: String) throws {
        let workshop = try Workshop()
        let image = try workshop.builder.layout.descriptor(of: try ImageReference("sample/thing:1"))
        try workshop.builder.setNames([(name, image)])
        try workshop.write("named.yml", "init:\n  - \(name)\n")
        let built = try workshop.build(["-f", "tar", "named.yml"])
        #expect(built.status == 0, "\(built.errorText)")
        func cache(_ arguments: [String]) throws -> String {
            let result = try Executable.run(
                ["cache"] + arguments + ["--cache", workshop.builder.path], in: workshop.path)
            #expect(result.status == 0, "\(arguments): \(result.errorText)")
            return result.outputText
        }
        let expanded = try ImageReference(name).description
        #expect(try cache(["ls"]).contains("\(expanded) "))
        #expect(try cache(["verify"]).contains("sound"))
        _ = try cache(["export", "--outfile", "image.tar", name])
        _ = try cache(["rm", name])
        #expect(try cache(["ls"]).isEmpty)
        _ = try cache(["import", "image.tar"])
        #expect(try cache(["ls"]).contains(expanded))
    }

    @Test("Bills of materials that cannot be merged are warned of by image and type, others are merged")
    func bills() throws {
        let workshop = try Workshop()
        let builder = workshop.builder
        let manifest = try builder.manifest([try builder.layer(TestTar.archive(Workshop.members))])
        func statement(_ type: String, _ predicate: JSONValue) throws -> Descriptor {
            var blob = try builder.document(
                [
                    "_type": "https://in-toto.io/Statement/v1", "predicateType": .text(type),
                    "predicate": predicate,
                ], .inTotoStatement)
            blob.annotations = [AnnotationKey.inTotoPredicateType: type]
            return blob
        }
        let package: JSONValue = ["name": "needle", "SPDXID": "SPDXRef-p"]
        let config = try builder.layout.addBlob(Array("{}".utf8), mediaType: .imageConfiguration)
        var proof = try builder.layout.addManifest(
            ImageManifest(
                configuration: config,
                layers: [
                    try statement("https://slsa.dev/provenance/v1", [:]),
                    try statement("https://cyclonedx.org/bom/v1.5", ["bomFormat": "CycloneDX"]),
                    try statement(
                        "https://spdx.dev/Document/v2.3", ["spdxVersion": "SPDX-2.3", "packages": [package]]),
                    try statement(
                        "https://spdx.dev/Document",
                        ["@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []]),
                ]))
        proof.annotations = [
            AnnotationKey.dockerReferenceType: "attestation-manifest",
            AnnotationKey.dockerReferenceDigest: manifest.digest.oci,
        ]
        try builder.index("sample/thing:1", [manifest, proof])
        let built = try workshop.build(["-f", "tar", "good.yml"])
        #expect(built.status == 0, "\(built.errorText)")
        let warnings = built.errorText.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        #expect(warnings.count == 2, "\(built.errorText)")
        for type in ["https://cyclonedx.org/bom/v1.5", "SPDX-3"] {
            #expect(
                warnings.contains { $0.contains("docker.io/sample/thing:1") && $0.contains(type) },
                "\(built.errorText)")
        }
        let text = String(decoding: try #require(workshop.directory).read("good.tar"), as: UTF8.self)
        #expect(text.contains(#""name":"needle""#))
    }
}
