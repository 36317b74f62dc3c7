internal import Digests
internal import OCI

extension SignatureError: CustomStringConvertible {
    /// What failed, the rule, what was found and what to do; one line for each invalid signature.
    public var description: String {
        let image = "image \(image) (\(digest.oci)): "
        let rule = rule == policy ? rule : "rule \"\(rule)\" of \(policy)"
        switch problem {
        case .unsigned(let places):
            return image + "not signed, but required by \(rule); no signature found in "
                + "\(places.joined(separator: " or in ")). Sign it (cosign sign --key), or use a signed image"
        case .insufficient(let signers, let needed, let failures):
            let found =
                signers.isEmpty
                ? "no valid signature" : "signed only by \(signers.joined(separator: ", "))"
            let title =
                image + "\(found), but \(rule) requires \(needed == 1 ? "one" : "\(needed) keys")"
            return ([title] + Self.lines(failures)).joined(separator: "\n  ")
        case .lookup(let error):
            return image + "its signatures, required by \(rule), could not be read: \(error)"
        case .rejected:
            return image + "refused by \(rule)"
        case .noRule:
            return image
                + "refused because no rule of \(policy) matches it; add a rule for "
                + Self.repository(self.image)
        }
    }

    private static let shown = 8

    private static func lines(_ failures: [SignatureFailure]) -> [String] {
        let lines = failures.prefix(shown).map(\.description)
        return failures.count > shown ? lines + ["and \(failures.count - shown) more"] : lines
    }

    private static func repository(_ image: String) -> String {
        (try? ImageReference(image)).map { RepositoryName($0).description } ?? image
    }
}
