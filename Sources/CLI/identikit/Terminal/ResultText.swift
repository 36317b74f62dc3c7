import Digests
import JSON
import Outputs

/// What was written, for people and for programs.
enum ResultText {
    static func table(_ files: [WrittenFile]) -> String {
        Table(rows: files.map { [$0.digest.hex, $0.size.readableSize, $0.path] }).text(alignedRight: [1])
    }

    static func json(_ files: [WrittenFile]) -> String {
        JSONValue.object(object(files)).printed
    }

    static func object(_ files: [WrittenFile]) -> JSONObject {
        let list = files.map { file -> JSONValue in
            ["path": .text(file.path), "size": .number(file.size), "sha256": .text(file.digest.hex)]
        }
        return ["files": .array(list)]
    }
}
