/// Docker Hub, whose images are named after one host and served by another.
public enum DockerHub {
    /// What image references begin with.
    public static let name = "docker.io"
    /// What serves them.
    public static let server = "registry-1.docker.io"

    private static let names: Set = [name, "index.docker.io", server]

    /// True if `host`, without a port, is one of its names.
    public static func isNamed(by host: some StringProtocol) -> Bool { names.contains(host.lowercased()) }

    /// A repository as it has it: its own images, called by one word, are in `library`.
    public static func repositoryPath(_ path: String) -> String {
        path.isEmpty || path.contains("/") ? path : "library/\(path)"
    }
}
