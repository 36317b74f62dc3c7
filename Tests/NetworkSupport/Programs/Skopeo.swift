public import Host
internal import TestSupport

/// skopeo, the other client, with what loopback registries of tests need: no policy of the machine's, and
/// plain HTTP or a certificate of the tests'.
public enum Skopeo {
    public static var isAvailable: Bool { Tool.available("skopeo") }

    /// `skopeo copy`, from and to in skopeo's words (`oci:DIRECTORY:NAME`, `docker://127.0.0.1:PORT/NAME`).
    /// Every platform of an index comes along.
    @discardableResult
    public static func copy(
        _ source: String, _ destination: String, login: (username: String, password: String)? = nil,
        certificate: LoopbackCertificate? = nil, extra: [String] = []
    ) throws -> Command.Result {
        var arguments = ["--insecure-policy", "copy", "--quiet", "--all"] + extra
        for (side, place) in [("src", source), ("dest", destination)] where place.hasPrefix("docker://") {
            if let login { arguments += ["--\(side)-creds", "\(login.username):\(login.password)"] }
            if let certificate {
                arguments += ["--\(side)-cert-dir", certificate.authorityDirectory]
            } else {
                arguments.append("--\(side)-tls-verify=false")
            }
        }
        return try Tool.run("skopeo", arguments + [source, destination])
    }

    /// Pushes `name` of the layout at `layout` to `reference` (`127.0.0.1:PORT/a/b:tag`).
    public static func push(
        layout: String, _ name: String, to reference: String,
        login: (username: String, password: String)? = nil, certificate: LoopbackCertificate? = nil
    ) throws {
        // skopeo's names for layouts end at the first colon: so the directory goes without, the name with them.
        try copy("oci:\(layout):\(name)", "docker://\(reference)", login: login, certificate: certificate)
    }
}
