internal import JSON
internal import Signing

extension ImagePolicy {
    /// Parses a policy: JSON as Docs/signatures.md describes it. `readKey` gives the text of the key file at a path,
    /// which stands in the policy, and throws a reason.
    public init(
        parsing bytes: [UInt8], file: String, readKey: (String) throws(PolicyReason) -> String
    ) throws(PolicyError) {
        let fields = try PolicyFields(parsing: bytes, file: file)
        try fields.allow("version", "packages", "keys", "rules")
        guard try fields.integer("version") == 1 else {
            throw fields.wrong("version", "must be 1, the only supported version")
        }
        let keys =
            fields.has("keys") ? try Self.keys(try fields.fields("keys"), readKey: readKey) : [:]
        var rules: [Rule] = []
        for fields in try fields.array("rules") {
            let rule = try Rule(fields, keys: keys)
            if rules.contains(where: { $0.name == rule.name }) {
                throw fields.wrong("name", "is \"\(rule.name)\", which another rule already has")
            }
            for (index, pattern) in rule.images.enumerated() {
                guard let other = rules.first(where: { $0.images.contains(pattern) }) else { continue }
                throw fields.wrong(
                    "images[\(index)]", "\(pattern) is already in the rule \"\(other.name)\"")
            }
            rules.append(rule)
        }
        if rules.isEmpty { throw fields.wrong("rules", "is empty, which would refuse every image") }
        let used = rules.reduce(into: Set<String>()) { $0.formUnion($1.keyNames) }
        if let unused = keys.keys.sorted().first(where: { !used.contains($0) }) {
            throw fields.wrong("keys.\(unused)", "no rule uses this key")
        }
        let exempt =
            fields.has("packages")
            ? try fields.choice("packages", [("check", false), ("accept", true)]) : false
        self.init(name: file, rules: rules, exemptsPackages: exempt)
    }

    private static func keys(
        _ fields: PolicyFields, readKey: (String) throws(PolicyReason) -> String
    ) throws(PolicyError) -> [String: TrustedKey] {
        var keys: [String: TrustedKey] = [:]
        for name in fields.keys {
            let text = try fields.string(name)
            let pem: String
            if text.hasPrefix("-----BEGIN ") {
                pem = text
            } else {
                do throws(PolicyReason) { pem = try readKey(text) } catch {
                    throw fields.wrong(name, error.description)
                }
            }
            guard let key = P256PublicKey(pem: pem) else {
                throw fields.wrong(name, Self.noKey)
            }
            if let other = keys.values.first(where: { $0.key == key }) {
                throw fields.wrong(name, "is the same key as \"\(other.name)\"")
            }
            keys[name] = TrustedKey(name: name, key: key)
        }
        return keys
    }

    /// The error for a file that is not a key.
    public static let noKey =
        "is not the public key that cosign.pub holds: one PEM block \"PUBLIC KEY\" with a key on the curve P-256"
}

extension ImagePolicy.Rule {
    fileprivate var keyNames: [String] {
        if case .signed(let requirement) = requirement { requirement.keys.map(\.name) } else { [] }
    }

    init(_ fields: PolicyFields, keys: [String: TrustedKey]) throws(PolicyError) {
        try fields.allow("name", "images", "action", "keys", "threshold", "identity")
        let name = try fields.string("name")
        if name.isEmpty { throw fields.wrong("name", "is empty") }
        var images: [RepositoryPattern] = []
        for (index, text) in try fields.strings("images").enumerated() {
            do throws(PolicyReason) {
                let pattern = try RepositoryPattern(text)
                if images.contains(pattern) { throw PolicyReason("it is listed twice") }
                images.append(pattern)
            } catch {
                throw fields.wrong("images[\(index)]", "\"\(text)\": \(error)")
            }
        }
        if images.isEmpty { throw fields.wrong("images", "is empty") }
        let actions: [(String, ImagePolicy.Requirement?)] = [
            ("accept", .accept), ("reject", .reject), ("signed", nil),
        ]
        let action = try fields.choice("action", actions)
        if action != nil {
            for key in ["keys", "threshold", "identity"] where fields.has(key) {
                throw fields.wrong(key, "is only valid when \"action\" is \"signed\"")
            }
        }
        if let action {
            self.init(name: name, images: images, requirement: action)
        } else {
            let requirement = try SignedRequirement(fields, keys: keys)
            self.init(name: name, images: images, requirement: .signed(requirement))
        }
    }
}

extension SignedRequirement {
    fileprivate init(_ fields: PolicyFields, keys known: [String: TrustedKey]) throws(PolicyError) {
        var keys: [TrustedKey] = []
        for (index, name) in try fields.strings("keys").enumerated() {
            let place = "keys[\(index)]"
            guard let key = known[name] else {
                throw fields.wrong(place, "key \"\(name)\" not found among the policy's keys")
            }
            if keys.contains(key) { throw fields.wrong(place, "\"\(name)\" is listed twice") }
            keys.append(key)
        }
        if keys.isEmpty { throw fields.wrong("keys", "is empty") }
        let threshold = fields.has("threshold") ? try fields.integer("threshold") : 1
        guard (1...keys.count).contains(threshold) else {
            throw fields.wrong(
                "threshold", "is \(threshold), must be from 1 to \(keys.count), the number of keys")
        }
        self.init(
            keys: keys, threshold: threshold,
            identity: fields.has("identity")
                ? try fields.choice("identity", Identity.allCases.map { ($0.rawValue, $0) }) : .any)
    }
}
