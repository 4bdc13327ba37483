namespace DropForensics.Core.Filters;

/// <summary>A piece of an expression.</summary>
/// <param name="Text">In lower case if it is a word; <c>and</c>, <c>or</c>, <c>not</c>, <c>(</c> and <c>)</c> however they are written; empty at the end.</param>
/// <param name="Given">As it was written.</param>
/// <param name="At">Position of its first character, from 1.</param>
internal sealed record FilterToken(string Text, string Given, int At)
{
    private const string Operators = "[]=<>+*^%&|";

    public bool IsEnd => Text.Length == 0;

    /// <exception cref="UserError">A character that has no place in an expression.</exception>
    public static List<FilterToken> Cut(string text)
    {
        List<FilterToken> tokens = [];
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            int start = at++;
            if (char.IsWhiteSpace(c))
                continue;
            if (c is '(' or ')')
                tokens.Add(new FilterToken(c.ToString(), c.ToString(), start + 1));
            else if (c == '!')
                tokens.Add(new FilterToken("not", "!", start + 1));
            else if (c is '&' or '|' && at < text.Length && text[at] == c)
                tokens.Add(new FilterToken(c == '&' ? "and" : "or", text[start..++at], start + 1));
            else if (Operators.Contains(c))
                throw FilterMistake.NoArithmetic(c, start + 1);
            else
                tokens.Add(Word(text, start, ref at));
        }

        tokens.Add(new FilterToken("", "", text.Length + 1));
        return tokens;
    }

    private static FilterToken Word(string text, int start, ref int at)
    {
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not ('(' or ')' or '!') && !Operators.Contains(text[at]))
            at++;
        string word = text[start..at];
        return new FilterToken(word.ToLowerInvariant(), word, start + 1);
    }
}
