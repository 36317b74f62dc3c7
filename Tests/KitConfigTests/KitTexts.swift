import Bytes
import KitConfig
import Testing

/// Loads one text; a failure shows every problem.
func load(_ text: String, rules: ImageNameRules = ImageNameRules()) throws -> Kit {
    try KitLoader(images: rules).load([KitSource(name: "kit.yml", text: text)]).kit
}

/// The problems of a text, one a line.
func problems(of text: String, rules: ImageNameRules = ImageNameRules()) -> [String] {
    do throws(KitProblems) {
        _ = try KitLoader(images: rules).load([KitSource(name: "kit.yml", text: text)])
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// One service with these lines in it, four spaces deep.
func service(_ lines: String...) -> String {
    "services:\n  - name: s\n    image: i\n" + lines.map { "    \($0)\n" }.joined()
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
