import ArgumentParser
import Bytes
import Host
import Signatures
import Signing

/// The options that restrict which images may be used.
struct ImagePolicyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Use only images signed with this key, a PEM file such as cosign.pub (repeatable; one of the keys is "
                + "enough).",
            valueName: "key"))
    var verifyImages: [String] = []

    @Option(
        help: ArgumentHelp(
            "Use only images that this policy allows, a JSON file with rules by repository "
                + "(Docs/signatures.md).",
            valueName: "file"))
    var imagePolicy: String?

    func validate() throws {
        if imagePolicy != nil, !verifyImages.isEmpty {
            throw ValidationError(
                "--verify-images cannot be used with --image-policy; name the keys in the policy")
        }
    }

    /// The policy; nil if all images are allowed.
    func policy() throws -> ImagePolicy? {
        if let imagePolicy { return try Self.policy(at: imagePolicy) }
        guard !verifyImages.isEmpty else { return nil }
        let keys = try verifyImages.map { path in
            guard let key = P256PublicKey(pem: String(decoding: try Self.bytes(path), as: UTF8.self)) else {
                throw Failure("--verify-images: \(path) \(ImagePolicy.noKey)", .invalidInput)
            }
            return TrustedKey(name: path, key: key)
        }
        return ImagePolicy(requiring: keys, option: "--verify-images")
    }

    private static func policy(at path: String) throws -> ImagePolicy {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return try ImagePolicy(parsing: try bytes(path), file: path) { key throws(PolicyReason) in
            let file = key.hasPrefix("/") ? key : directory + key
            do { return String(decoding: try bytes(file), as: UTF8.self) } catch {
                throw PolicyReason(Failure.wording(error))
            }
        }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        var source = RangeSource(try ReadableFile(path: path))
        return try source.readAll(limit: 1 << 20, of: path)
    }
}
