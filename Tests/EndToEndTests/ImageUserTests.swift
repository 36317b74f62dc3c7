import Bytes
import Host
import JSON
import TestSupport
import Testing

/// An image may name a user; LinuxKit runs its containers as root all the same.
struct ImageUserTests {
    private func warnings(_ containers: String) throws -> [String] {
        let workshop = try Workshop()
        for (name, user) in [("redis", "redis"), ("web", "33:33"), ("root", "root:root"), ("zero", "0")] {
            try workshop.builder.image(
                "sample/\(name):1", layers: [[.file("f")]], config: ["User": .text(user)])
        }
        try workshop.builder.image(
            "sample/label:1", layers: [[.file("f")]],
            config: ["User": "x", "Labels": ["org.mobyproject.config": #"{"uid": 7}"#]])
        try workshop.write("kit.yml", containers)
        let result = try workshop.build(["--no-sbom", "-o", "out.tar", "kit.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        return result.errorText.split(separator: "\n").map(String.init)
    }

    @Test("One warning names each image whose user nothing uses, once")
    func warned() throws {
        let warnings = try warnings(
            """
            onboot:
            - {name: a, image: sample/redis:1}
            - {name: b, image: sample/root:1}
            services:
            - {name: c, image: sample/redis:1}
            - {name: d, image: sample/web:1}
            - {name: e, image: sample/zero:1}

            """)
        #expect(warnings.count == 1, "\(warnings)")
        let warning = warnings.first ?? ""
        #expect(
            warning.hasPrefix(
                "warning: ignored the users that images set, as LinuxKit does: docker.io/sample/redis:1 (redis), "
                    + "docker.io/sample/web:1 (33:33);"), "\(warning)")
    }

    @Test("Nothing is said where the configuration or the image's label says who runs it")
    func silent() throws {
        #expect(
            try warnings(
                """
                services:
                - {name: a, image: sample/redis:1, uid: 999}
                - {name: b, image: sample/label:1}
                - {name: c, image: sample/web:1, uid: 0}

                """) == [])
    }
}
