import Host
import OCI
import TestSupport
import Testing

@testable import Signatures

@Suite(.enabled(if: Tool.available("openssl"))) struct ImagePolicyParsingTests {
    private func parse(_ text: String, _ more: [String: String] = [:]) throws -> ImagePolicy {
        var files = ["one.pub": try Samples.one.get().publicKey, "two.pub": try Samples.two.get().publicKey]
        files.merge(more) { $1 }
        return try ImagePolicy(parsing: Array(text.utf8), file: "policy.json") { path throws(PolicyReason) in
            guard let text = files[path] else { throw PolicyReason("\(path) is not there") }
            return text
        }
    }

    @Test func readsAPolicy() throws {
        let policy = try parse(
            """
            {
              "version": 1,
              "packages": "accept",
              "keys": {"a": "one.pub", "b": "two.pub"},
              "rules": [
                {"name": "kernel", "images": ["docker.io/linuxkit/kernel"], "action": "signed",
                 "keys": ["a", "b"], "threshold": 2, "identity": "repository"},
                {"name": "linuxkit", "images": ["docker.io/linuxkit/*", "ghcr.io/*"], "action": "signed", "keys": ["b"]},
                {"name": "ours", "images": ["localhost:5000/*"], "action": "accept"},
                {"name": "rest", "images": ["*"], "action": "reject"}
              ]
            }
            """)
        #expect(policy.name == "policy.json")
        #expect(policy.exemptsPackages)
        #expect(policy.rules.map(\.name) == ["kernel", "linuxkit", "ours", "rest"])
        let (a, b) = (try Samples.one.get().key("a"), try Samples.two.get().key("b"))
        #expect(
            policy.rules[0].requirement
                == .signed(SignedRequirement(keys: [a, b], threshold: 2, identity: .repository)))
        #expect(policy.rules[1].requirement == .signed(SignedRequirement(keys: [b], threshold: 1)))
    }

    /// The narrowest pattern decides, wherever its rule stands.
    @Test(arguments: [
        ("linuxkit/kernel:6", "kernel"), ("linuxkit/init", "linuxkit"), ("redis", "hub"),
        ("ghcr.io/a/b", "rest"),
    ])
    func theNarrowestDecides(_ image: String, _ expected: String) throws {
        let rules = [
            ("rest", "*"), ("hub", "docker.io/*"), ("linuxkit", "docker.io/linuxkit/*"),
            ("kernel", "docker.io/linuxkit/kernel"),
        ].map { #"{"name": "\#($0)", "images": ["\#($1)"], "action": "accept"}"# }
        for order in [rules, rules.reversed()] {
            let policy = try parse(#"{"version": 1, "rules": [\#(order.joined(separator: ","))]}"#)
            let name = RepositoryName(try ImageReference(image))
            #expect(policy.rule(for: name)?.name == expected)
        }
    }

    @Test func readsKeysInTheFileItself() throws {
        let pem = try Samples.one.get().publicKey.replacing("\n", with: "\\n")
        let policy = try parse(
            #"{"version": 1, "keys": {"a": "\#(pem)"}, "rules": [{"name": "r", "images": ["*"], "action": "signed", "#
                + #""keys": ["a"]}]}"#)
        let key = try Samples.one.get().key("a")
        #expect(policy.rules[0].requirement == .signed(SignedRequirement(keys: [key], threshold: 1)))
    }

    private static let signed = #""action": "signed""#

    @Test(arguments: [
        ("", "policy.json:1:1: the text ends too early"),
        ("{\n  \"version\": 1,\n  rules\n}", "policy.json:3:3: found 'r'"),
        ("[]", "policy.json: is an array, must be an object"),
        (#"{"version": 1, "version": 1}"#, "policy.json:1:16: the key \"version\" stands twice"),
        ("{}", "policy.json: version: is missing"),
        (#"{"version": 2}"#, "version: must be 1"),
        (#"{"version": 1}"#, "rules: is missing"),
        (#"{"version": 1, "rules": []}"#, "rules: is empty"),
        (
            #"{"version": 1, "rules": [], "default": "accept"}"#,
            "default: is not a valid field; valid fields: version"
        ),
        (
            #"{"version": 1, "packages": "yes", "rules": [OK]}"#,
            "packages: is \"yes\", must be one of \"check\", \"accept\""
        ),
        (#"{"version": 1, "packages": null, "rules": [OK]}"#, "packages: is null"),
        (#"{"version": 1, "rules": [7]}"#, "rules[0]: is an integer, must be an object"),
        (#"{"version": 1, "rules": [OK, OK]}"#, "rules[1].name: is \"ok\""),
        (
            #"{"version": 1, "rules": [{"name": "", "images": ["*"], "action": "accept"}]}"#,
            "rules[0].name: is empty"
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": [], "action": "accept"}]}"#,
            "rules[0].images: is empty"
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": "*", "action": "accept"}]}"#,
            "rules[0].images: is a string"
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": ["*", "x/*"], "action": "accept"}]}"#,
            "rules[0].images[1]: \"x/*\": the registry"
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": ["*", "*"], "action": "accept"}]}"#,
            "images[1]: \"*\": it is listed twice"
        ),
        (
            #"{"version": 1, "rules": [OK, {"name": "r", "images": ["*"], "action": "accept"}]}"#,
            "rules[1].images[0]: * is already in the rule \"ok\""
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": ["*"], "action": "allow"}]}"#,
            "rules[0].action: is \"allow\""
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": ["*"], "actoin": "accept"}]}"#,
            "rules[0].actoin: is not a valid field"
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": ["*"], "action": "accept", "keys": ["a"]}]}"#,
            "rules[0].keys: is only valid when"
        ),
        (#"{"version": 1, "rules": [{"name": "r", "images": ["*"], SIGNED}]}"#, "rules[0].keys: is missing"),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": ["*"], SIGNED, "keys": []}]}"#,
            "rules[0].keys: is empty"
        ),
        (
            #"{"version": 1, "rules": [{"name": "r", "images": ["*"], SIGNED, "keys": ["a"]}]}"#,
            "rules[0].keys[0]: key \"a\" not found"
        ),
        (
            #"{"version": 1, KEYS, "rules": [{"name": "r", "images": ["*"], SIGNED, "keys": ["a", "a"]}]}"#,
            "rules[0].keys[1]: \"a\" is listed twice"
        ),
        (
            #"{"version": 1, KEYS, "rules": [{"name": "r", "images": ["*"], SIGNED, "keys": ["a"], "threshold": 2}]}"#,
            "rules[0].threshold: is 2, must be from 1 to 1"
        ),
        (
            #"{"version": 1, KEYS, "rules": [{"name": "r", "images": ["*"], SIGNED, "keys": ["a"], "threshold": 0}]}"#,
            "rules[0].threshold: is 0"
        ),
        (
            #"{"version": 1, KEYS, "rules": [{"name": "r", "images": ["*"], SIGNED, "keys": ["a"], "identity": "tag"}]}"#,
            "rules[0].identity: is \"tag\""
        ),
        (#"{"version": 1, KEYS, "rules": [OK]}"#, "keys.a: no rule uses this key"),
        (#"{"version": 1, "keys": {"a": "gone.pub"}, "rules": [OK]}"#, "keys.a: gone.pub is not there"),
        (
            #"{"version": 1, "keys": {"a": "bad.pub"}, "rules": [OK]}"#,
            "keys.a: is not the public key that cosign.pub holds"
        ),
        (
            #"{"version": 1, "keys": {"a": "one.pub", "b": "one.pub"}, "rules": [OK]}"#,
            "keys.b: is the same key as \"a\""
        ),
        (#"{"version": 1, "keys": {"a": 7}, "rules": [OK]}"#, "keys.a: is an integer"),
    ])
    func refuses(_ text: String, _ expected: String) throws {
        let text = text.replacing("SIGNED", with: Self.signed).replacing(
            "KEYS", with: #""keys": {"a": "one.pub"}"#
        )
        .replacing("OK", with: #"{"name": "ok", "images": ["*"], "action": "accept"}"#)
        let error = #expect(throws: PolicyError.self) { try parse(text, ["bad.pub": "no key"]) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    /// Keys that are good for others.
    @Test(arguments: ["secp384r1", "secp256k1", "prime192v1"])
    func refusesOtherCurves(_ curve: String) throws {
        let pem = try CosignSigner(curve: curve).publicKey
        let error = #expect(throws: PolicyError.self) {
            try parse(
                #"{"version": 1, "keys": {"a": "other.pub"}, "rules": [{"name": "r", "images": ["*"], "action": "accept"}]}"#,
                ["other.pub": pem])
        }
        #expect(error?.place == "keys.a")
    }

    @Test func refusesPrivateKeys() throws {
        let pem = try Tool.run(
            "openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        #expect(throws: PolicyError.self) {
            try parse(
                #"{"version": 1, "keys": {"a": "other.pub"}, "rules": [{"name": "r", "images": ["*"], "action": "accept"}]}"#,
                ["other.pub": pem.outputText])
        }
    }
}
