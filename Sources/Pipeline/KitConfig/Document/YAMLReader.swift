/// Reads the first YAML document of a source into nodes and collects problems.
package struct YAMLReader {
    static let byteLimit = 16 << 20

    let source: KitSource
    package private(set) var problems: [KitProblem] = []
    package private(set) var notices: [KitProblem] = []

    package init(_ source: KitSource) { self.source = source }

    /// The root, or `nil` if the document is empty or could not be read.
    package mutating func read() -> ConfigNode? {
        do throws(YAMLFault) {
            guard source.text.count <= Self.byteLimit else {
                throw YAMLFault(
                    mark: .start,
                    message: "too large: a configuration is limited to \(Self.byteLimit >> 20) MiB")
            }
            var composer = YAMLComposer(try YAMLText(source.text), source: source.name)
            let root = try composer.firstDocument()
            problems += composer.problems
            // LinuxKit never reads further documents, so they may be malformed.
            if root != nil, let next = try composer.furtherDocument() {
                notices.append(
                    problem(
                        at: next, "only the first YAML document of a file counts; this one is ignored"))
            }
            return root
        } catch {
            problems.append(problem(at: error.mark, error.message))
            return nil
        }
    }

    private func problem(at mark: YAMLMark, _ message: String) -> KitProblem {
        KitProblem(
            location: SourceLocation(source: source.name, line: mark.line, column: mark.column), path: "",
            message: message)
    }
}
