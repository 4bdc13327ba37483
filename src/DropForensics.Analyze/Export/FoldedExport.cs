using System.Text;

namespace DropForensics.Analyze.Export;

/// <summary>
/// A line for each distinct stack, the outermost function first, and its drops: the input of flamegraph.pl.
/// <code>entry_SYSCALL_64_after_hwframe;do_syscall_64;…;e1000_clean_[e1000];…;__udp4_lib_rcv;NO_SOCKET 655</code>
/// </summary>
internal static class FoldedExport
{
    public static void Write(StackTree tree, Stream output)
    {
        string[] names = [.. tree.Names.Select(Frame)];
        var lines = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 14, leaveOpen: true);
        foreach ((int[] path, long drops) in tree.Paths())
        {
            lines.Write($"{string.Join(';', path.Select(name => names[name]))} {drops}\n");
        }

        lines.Flush();
    }

    // A semicolon parts frames, and what stands behind the last blank is the number.
    private static string Frame(string name) => name.Length == 0 ? "_" : name.Replace(';', ':').Replace(' ', '_');
}
