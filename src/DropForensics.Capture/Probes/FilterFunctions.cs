using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Events;

namespace DropForensics.Capture.Probes;

/// <summary>
/// The functions this kernel lets a tracer sit on (available_filter_functions). Only a name that stands in that list is ever
/// written to tracefs, so nothing a user types can become a second command.
/// </summary>
internal sealed class FilterFunctions(string tracefs)
{
    private const string FileName = "available_filter_functions";

    private byte[]? _list;

    /// <summary>Whether the list can be read at all; without ftrace in the kernel it is missing or closed.</summary>
    public bool IsKnown => List.Length > 0;

    private ReadOnlySpan<byte> List => _list ??= HostRoot.TryReadFile(Path.Combine(tracefs, FileName)) ?? [];

    /// <summary>Whether the list has exactly this name, in the kernel or in a module: <c>ip_rcv</c>, <c>e1000_clean [e1000]</c>.</summary>
    public bool Contains(string name)
    {
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.'))) return false;
        ReadOnlySpan<byte> line = Encoding.ASCII.GetBytes(name), rest = List;
        while (rest.IndexOf(line) is >= 0 and var at)
        {
            int end = at + line.Length;
            bool begins = at == 0 || rest[at - 1] == '\n';
            if (begins && (end == rest.Length || rest[end] is (byte)'\n' or (byte)' ' or (byte)'\t')) return true;
            rest = rest[end..];
        }

        return false;
    }

    /// <summary>What to tell a user whose function is not in the list.</summary>
    public UserError Refuse(string name)
    {
        if (!IsKnown)
        {
            return new UserError(
                $"{tracefs}/{FileName} cannot be read, so the function's name cannot be checked",
                "It needs root and a kernel built with CONFIG_DYNAMIC_FTRACE; --probe tracepoint needs neither this file nor kprobes.");
        }

        string[] near = Near(name).Take(6).ToArray();
        return new UserError(
            $"this kernel has no function '{Printable.Of(name)}' that can be traced",
            $"{(near.Length > 0 ? $"Near it: {string.Join(", ", near)}. " : "")}All are listed in {tracefs}/{FileName}.");
    }

    /// <summary>The function through which this kernel frees a dropped packet; null where none can be traced.</summary>
    public FreeFunction? Free => FreeFunction.All.FirstOrDefault(function => Contains(function.Name));

    private IEnumerable<string> Near(string name)
    {
        string word = name.Length > 5 ? name[..^2] : name;
        return word.Length < 3 ? [] : Encoding.ASCII.GetString(List).Split('\n')
            .Select(line => line.Split(' ', '\t')[0])
            .Where(known => known.Contains(word, StringComparison.Ordinal))
            .OrderBy(known => known.Length);
    }
}
