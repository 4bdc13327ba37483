using DropForensics.Tests.TestKit;

namespace DropForensics.Tests.Kernels;

/// <summary>Rows of the kernel matrix's tables: fields between tabs, lines that begin with '#' are comments.</summary>
internal static class TsvFile
{
    /// <summary>One of the tables in tests/kernels.</summary>
    public static IEnumerable<string[]> Matrix(string name) => Rows(Repository.At("tests", "kernels", name));

    public static IEnumerable<string[]> Rows(string path) =>
        File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));
}
