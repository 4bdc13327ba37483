using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// The kernel's text beside ours of the same ring, line by line. Some lines may differ in one known way, and are counted: a task's name that
/// was saved in between, the size of a module's last function, code that the kernel made itself (trampolines).
/// </summary>
internal sealed partial record RingDifferences(int Lines, int Comms, int Sizes, int Trampolines)
{
    public static RingDifferences Count(byte[] kernel, byte[] ours)
    {
        string[] expected = Split(kernel), actual = Split(ours);
        int comms = 0, sizes = 0, trampolines = 0;
        for (var i = 0; i < Math.Min(expected.Length, actual.Length); i++)
        {
            if (expected[i] == actual[i]) continue;
            if (WithoutComm(expected[i]) == WithoutComm(actual[i])) comms++;
            else if (ModuleSize().Replace(expected[i], "$1") == ModuleSize().Replace(actual[i], "$1")) sizes++;
            else if (Address().IsMatch(expected[i]) && actual[i].StartsWith(" => ", StringComparison.Ordinal)) trampolines++;
            else Assert.Fail($"line {i + 1} differs:\n{expected[i]}\n{actual[i]}");
        }

        Assert.Equal(expected.Length, actual.Length);
        return new RingDifferences(expected.Length, comms, sizes, trampolines);
    }

    private static string[] Split(byte[] text) => Encoding.Latin1.GetString(text).Split('\n');

    private static string WithoutComm(string line) => line.Length > 17 && line[16] == '-' ? line[16..] : line;

    [GeneratedRegex(@"(\+0x[0-9a-f]+)/0x[0-9a-f]+(?= \[)")]
    private static partial Regex ModuleSize();

    [GeneratedRegex("^ => 0x[0-9a-f]+$")]
    private static partial Regex Address();
}
