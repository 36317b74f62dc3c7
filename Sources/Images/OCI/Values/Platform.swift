/// What an image runs on (OCI image specification, "Image Index Property Descriptions"): `linux/arm64/v8`.
public struct Platform: Hashable, Sendable, CustomStringConvertible {
    public let os: String
    public let architecture: String
    public let variant: String?

    public init(os: String = "linux", architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// Linux on a machine that `uname -m` calls so; other names are taken for those of architectures.
    public init(machine: String) {
        let known = ["x86_64": "amd64", "aarch64": "arm64"]
        self.init(architecture: known[machine] ?? machine)
    }

    /// Parses `os/architecture` or `os/architecture/variant`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    public var description: String { "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "") }

    /// True if an image for `offered` serves where this platform is wanted. A variant counts only
    /// if one is wanted: `linux/arm64` takes `linux/arm64/v8`, as LinuxKit does.
    public func accepts(_ offered: Platform) -> Bool {
        os == offered.os && architecture == offered.architecture
            && (variant == nil || effectiveVariant == offered.effectiveVariant)
    }

    /// What BuildKit says of manifests that are not for running: attestations.
    public var isUnknown: Bool { os == "unknown" || architecture == "unknown" }

    /// arm64 without a variant is v8, arm is v7 and amd64 is v1, as for containerd.
    private var effectiveVariant: String? {
        variant ?? ["arm64": "v8", "arm": "v7", "amd64": "v1"][architecture]
    }
}
