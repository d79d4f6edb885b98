// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/yaml_editor.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "ui/models/text_change.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/yaml_tokens.h"

namespace switchyard::ui {
namespace {

using Sci = QsciScintillaBase;

constexpr int kLineHeight = 18;
constexpr int kNumberRight = 4;  // between a line's number and its margin's right edge
constexpr int kBarMargin = 22;
constexpr int kBar = 3;
constexpr int kGap = 7;  // between the gutter and the text
constexpr int kIndent = 2;

int styleOf(YamlToken token) {
    return static_cast<int>(token);
}

}  // namespace

YamlEditor::YamlEditor(QWidget* parent) : QsciScintilla(parent), notes_(new EditorNotes(*this)) {
    setFrameStyle(QFrame::NoFrame);
    setAutoFillBackground(true);
    setAccessibleName(tr("YAML text"));
    setUtf8(true);
    setWrapMode(WrapNone);
    setIndentationsUseTabs(false);
    setTabWidth(kIndent);
    setTabIndents(true);
    setBackspaceUnindents(true);
    setAutoIndent(true);
    setBraceMatching(SloppyBraceMatch);
    setMinimumSize(160, 80);
    setCornerWidget(new QWidget);
    send(*this, Sci::SCI_SETUNDOCOLLECTION, 0);
    send(*this, Sci::SCI_EMPTYUNDOBUFFER);
    send(*this, Sci::SCI_SETLEXER, Sci::SCLEX_CONTAINER);
    send(*this, Sci::SCI_SETSCROLLWIDTH, 1);
    send(*this, Sci::SCI_SETSCROLLWIDTHTRACKING, 1);
    send(*this, Sci::SCI_SETMARGINLEFT, 0, kGap);
    send(*this, Sci::SCI_SETENDATLASTLINE, 1);
    for (int margin = 0; margin < 5; ++margin) {
        setMarginWidth(margin, 0);
        setMarginMarkerMask(margin, 0);
    }
    setMarginType(0, NumberMargin);
    setMarginType(1, SymbolMargin);
    for (const int marker : {editor_marker::kCaret, editor_marker::kWarning, editor_marker::kError})
        send(*this, Sci::SCI_MARKERDEFINE, static_cast<std::size_t>(marker), Sci::SC_MARK_BACKGROUND);
    setUpKeys();

    connect(this, &Sci::SCN_STYLENEEDED, this, &YamlEditor::styleText);
    connect(this, &Sci::SCN_MODIFIED, this,
            [this](int, int type, const char*, int, int lines, int, int, int, int, int) {
                if ((type & (Sci::SC_MOD_INSERTTEXT | Sci::SC_MOD_DELETETEXT)) == 0) return;
                if (lines != 0) fitGutter();
                if (applying_) return;
                modified_ = true;
                // Changes that no event of ours brackets, as from assistive tools.
                if (depth_ == 0) QMetaObject::invokeMethod(this, &YamlEditor::flush, Qt::QueuedConnection);
            });
    connect(this, &Sci::SCN_UPDATEUI, this, [this](int) {
        notes_->place();
        if (modified_) return;
        const std::size_t now = caret();
        if (now == caret_) return;
        caret_ = now;
        markCaretLine();
        Q_EMIT caretMoved(now);
    });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, notes_, &EditorNotes::place);
    connect(notes_, &EditorNotes::clicked, this, &YamlEditor::noteClicked);
    connect(notes_, &EditorNotes::buttonClicked, this, &YamlEditor::noteButtonClicked);
    connect(&Theme::instance(), &Theme::changed, this, &YamlEditor::recolor);
    recolor();
}

void YamlEditor::setUpKeys() {
    // The common history and the window have these; the component takes every key that it has a command for.
    for (const auto command : {QsciCommand::Undo, QsciCommand::Redo, QsciCommand::ZoomIn, QsciCommand::ZoomOut}) {
        if (QsciCommand* known = standardCommands()->find(command)) {
            known->setKey(0);
            known->setAlternateKey(0);
        }
    }
    for (const QKeyCombination keys : {Qt::CTRL | Qt::Key_Z, Qt::CTRL | Qt::SHIFT | Qt::Key_Z, Qt::CTRL | Qt::Key_Y,
                                       Qt::ALT | Qt::Key_Backspace, Qt::CTRL | Qt::Key_D, Qt::CTRL | Qt::Key_T}) {
        const int key = keys.toCombined();
        if (QsciCommand* bound = standardCommands()->boundTo(key)) {
            if (bound->key() == key) bound->setKey(0);
            if (bound->alternateKey() == key) bound->setAlternateKey(0);
        }
    }
    for (const std::size_t key :
         {std::size_t{'Z'} | (Sci::SCMOD_CTRL << 16), std::size_t{'Y'} | (Sci::SCMOD_CTRL << 16),
          std::size_t{'Z'} | ((Sci::SCMOD_CTRL | Sci::SCMOD_SHIFT) << 16),
          std::size_t{Sci::SCK_BACK} | (Sci::SCMOD_ALT << 16)})
        send(*this, Sci::SCI_CLEARCMDKEY, key);
}

template <class Act>
void YamlEditor::asOneEdit(Act act) {
    ++depth_;
    act();
    if (--depth_ == 0 && !composing_) flush();
}

void YamlEditor::flush() {
    if (!modified_ || depth_ > 0 || composing_) return;
    modified_ = false;
    Q_EMIT edited();
}

void YamlEditor::reset(std::string_view text) {
    replace(0, static_cast<std::size_t>(send(*this, Sci::SCI_GETLENGTH)), text);
    const bool dos = text.find("\r\n") != std::string_view::npos;
    send(*this, Sci::SCI_SETEOLMODE, dos ? Sci::SC_EOL_CRLF : Sci::SC_EOL_LF);
    send(*this, Sci::SCI_SETSCROLLWIDTH, 1);
    send(*this, Sci::SCI_GOTOPOS, 0);
    send(*this, Sci::SCI_SETXOFFSET, 0);
    send(*this, Sci::SCI_SETFIRSTVISIBLELINE, 0);
    caret_ = 0;
    markCaretLine();
}

void YamlEditor::setBytes(std::string_view text) {
    const TextChange change = changeBetween(bytes(), text);
    if (!change.before.empty() || !change.after.empty()) replace(change.begin, change.before.size(), change.after);
}

void YamlEditor::replace(std::size_t begin, std::size_t count, std::string_view text) {
    const QScopedValueRollback guard(applying_, true);
    send(*this, Sci::SCI_SETTARGETRANGE, begin, static_cast<std::ptrdiff_t>(begin + count));
    SendScintilla(Sci::SCI_REPLACETARGET, static_cast<uintptr_t>(text.size()), text.empty() ? "" : text.data());
}

std::string YamlEditor::bytes() const {
    const auto* first = static_cast<const char*>(SendScintillaPtrResult(Sci::SCI_GETCHARACTERPOINTER));
    return first == nullptr ? std::string()
                            : std::string(first, static_cast<std::size_t>(send(*this, Sci::SCI_GETLENGTH)));
}

std::size_t YamlEditor::caret() const {
    return static_cast<std::size_t>(send(*this, Sci::SCI_GETCURRENTPOS));
}

void YamlEditor::goTo(std::size_t offset) {
    send(*this, Sci::SCI_GOTOPOS, offset);
    const auto line = static_cast<int>(send(*this, Sci::SCI_LINEFROMPOSITION, offset));
    const long first = send(*this, Sci::SCI_GETFIRSTVISIBLELINE), rows = send(*this, Sci::SCI_LINESONSCREEN);
    const long row = send(*this, Sci::SCI_VISIBLEFROMDOCLINE, static_cast<std::size_t>(line));
    const long needed = 1 + notes_->linesBelow(line);
    if (row < first || row + needed > first + rows)
        send(*this, Sci::SCI_SETFIRSTVISIBLELINE,
             static_cast<std::size_t>(std::max(0L, row - std::max(0L, rows - needed) / 3)));
    notes_->place();
}

void YamlEditor::setNotes(const std::vector<EditorNote>& notes) {
    notes_->setNotes(notes, gutterWidth() + kGap + 1);
    viewport()->update();
}

bool YamlEditor::focusNearestButton() {
    ProblemNote* note = notes_->nearestWithButton(static_cast<int>(send(*this, Sci::SCI_LINEFROMPOSITION, caret())));
    if (note == nullptr) return false;
    note->firstButton()->setFocus(Qt::ShortcutFocusReason);
    return true;
}

void YamlEditor::setChangedLines(const std::set<int>& lines) {
    changed_lines_ = lines;
    viewport()->update();
}

void YamlEditor::keyPressEvent(QKeyEvent* event) {
    asOneEdit([&] {
        QsciScintilla::keyPressEvent(event);
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) indentNewLine();
    });
}

/// One step deeper below a line that opens a section.
void YamlEditor::indentNewLine() {
    const std::size_t line = static_cast<std::size_t>(send(*this, Sci::SCI_LINEFROMPOSITION, caret()));
    if (!modified_ || line == 0) return;
    const std::string text = bytes();
    const auto begin = static_cast<std::size_t>(send(*this, Sci::SCI_POSITIONFROMLINE, line - 1));
    const auto end = static_cast<std::size_t>(send(*this, Sci::SCI_GETLINEENDPOSITION, line - 1));
    std::string above = text.substr(begin, end - begin);
    above.resize(std::min(above.size(), above.find(" #")));
    above.erase(above.find_last_not_of(' ') + 1);
    if (above.empty() || above.back() != ':') return;
    const std::string step(kIndent, ' ');
    send(*this, Sci::SCI_REPLACESEL, 0, reinterpret_cast<std::ptrdiff_t>(step.c_str()));
}

void YamlEditor::inputMethodEvent(QInputMethodEvent* event) {
    // The component takes an unfinished composition back by its own undo, so that has to be on meanwhile.
    const bool composing = !event->preeditString().isEmpty();
    if (composing && !composing_) send(*this, Sci::SCI_SETUNDOCOLLECTION, 1);
    composing_ = composing_ || composing;
    asOneEdit([&] {
        QsciScintilla::inputMethodEvent(event);
        if (composing) return;
        composing_ = false;
        send(*this, Sci::SCI_SETUNDOCOLLECTION, 0);
        send(*this, Sci::SCI_EMPTYUNDOBUFFER);
    });
}

void YamlEditor::mousePressEvent(QMouseEvent* event) {
    asOneEdit([&] { QsciScintilla::mousePressEvent(event); });
}

void YamlEditor::mouseReleaseEvent(QMouseEvent* event) {
    asOneEdit([&] { QsciScintilla::mouseReleaseEvent(event); });
}

void YamlEditor::dropEvent(QDropEvent* event) {
    asOneEdit([&] { QsciScintilla::dropEvent(event); });
}

void YamlEditor::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    menu.addAction(tr("Undo"), this, &YamlEditor::undoRequested);
    menu.addAction(tr("Redo"), this, &YamlEditor::redoRequested);
    menu.addSeparator();
    const bool selected = hasSelectedText();
    menu.addAction(tr("Cut"), this, [this] { asOneEdit([this] { cut(); }); })->setEnabled(selected);
    menu.addAction(tr("Copy"), this, [this] { copy(); })->setEnabled(selected);
    menu.addAction(tr("Paste"), this, [this] { asOneEdit([this] { paste(); }); });
    menu.addAction(tr("Delete"), this, [this] { asOneEdit([this] { removeSelectedText(); }); })->setEnabled(selected);
    menu.addSeparator();
    menu.addAction(tr("Select all"), this, [this] { selectAll(); });
    menu.exec(event->globalPos());
}

void YamlEditor::wheelEvent(QWheelEvent* event) {
    if ((event->modifiers() & Qt::ControlModifier) != 0)
        event->ignore();  // no zoom: the notes have the theme's size
    else
        QsciScintilla::wheelEvent(event);
}

void YamlEditor::resizeEvent(QResizeEvent* event) {
    QsciScintilla::resizeEvent(event);
    notes_->fit();
}

void YamlEditor::setStyleColor(int style, const QColor& color) {
    send(*this, Sci::SCI_STYLESETFORE, static_cast<std::size_t>(style), scintillaColor(color));
}

void YamlEditor::recolor() {
    const Palette& p = Theme::instance().palette();
    const QFont font = Theme::instance().font(TextRole::kMono);
    // The component counts in points of the screen's dpi.
    const double points = font.pixelSize() * 72.0 / std::max(1, logicalDpiY());
    SendScintilla(Sci::SCI_STYLESETFONT, static_cast<uintptr_t>(Sci::STYLE_DEFAULT),
                  font.family().toUtf8().constData());
    send(*this, Sci::SCI_STYLESETSIZEFRACTIONAL, Sci::STYLE_DEFAULT, std::lround(points * 100));
    setStyleColor(Sci::STYLE_DEFAULT, p.text);
    send(*this, Sci::SCI_STYLESETBACK, Sci::STYLE_DEFAULT, scintillaColor(p.panel));
    send(*this, Sci::SCI_STYLECLEARALL);
    setStyleColor(styleOf(YamlToken::kKey), p.accent);
    setStyleColor(styleOf(YamlToken::kNumber), p.dark ? p.series[6].lighter(135) : p.series[6]);
    setStyleColor(styleOf(YamlToken::kWord), p.dark ? p.series[1].lighter(135) : p.series[1]);
    setStyleColor(styleOf(YamlToken::kComment), p.success);
    setStyleColor(Sci::STYLE_LINENUMBER, p.muted);
    send(*this, Sci::SCI_STYLESETBACK, Sci::STYLE_LINENUMBER, scintillaColor(p.raised));
    setStyleColor(Sci::STYLE_BRACELIGHT, p.text);
    send(*this, Sci::SCI_STYLESETBACK, Sci::STYLE_BRACELIGHT, scintillaColor(p.selection));
    setStyleColor(Sci::STYLE_BRACEBAD, p.danger);
    send(*this, Sci::SCI_SETSELBACK, 1, scintillaColor(p.selection));
    send(*this, Sci::SCI_SETCARETFORE, static_cast<std::size_t>(scintillaColor(p.text)));
    send(*this, Sci::SCI_SETEXTRAASCENT, 0);
    send(*this, Sci::SCI_SETEXTRADESCENT, 0);
    const auto extra = static_cast<int>(kLineHeight - send(*this, Sci::SCI_TEXTHEIGHT));
    send(*this, Sci::SCI_SETEXTRAASCENT, static_cast<std::size_t>(std::max(0, extra / 2)));
    send(*this, Sci::SCI_SETEXTRADESCENT, static_cast<std::size_t>(std::max(0, extra - extra / 2)));
    const std::pair<int, QColor> grounds[] = {{editor_marker::kCaret, p.hover},
                                              {editor_marker::kWarning, p.ground_warning},
                                              {editor_marker::kError, p.ground_danger}};
    for (const auto& [marker, ground] : grounds)
        send(*this, Sci::SCI_MARKERSETBACK, static_cast<std::size_t>(marker), scintillaColor(ground));
    send(*this, Sci::SCI_INDICSETFORE, 8, scintillaColor(p.danger));
    send(*this, Sci::SCI_INDICSETFORE, 9, scintillaColor(p.warning));
    QPalette own = palette();  // shows beside and between the scroll bars
    own.setColor(QPalette::Window, p.panel);
    setPalette(own);
    fitGutter();
    styleText();
    notes_->fit();
    viewport()->update();
}

void YamlEditor::styleText() {
    const std::string text = bytes();
    send(*this, Sci::SCI_STARTSTYLING, 0);
    std::size_t at = 0;
    const auto paint = [&](std::size_t end, YamlToken token) {
        if (end > at) send(*this, Sci::SCI_SETSTYLING, end - at, styleOf(token));
        at = std::max(at, end);
    };
    for (const YamlSpan& span : yamlSpans(text)) {
        paint(span.begin, YamlToken::kPlain);
        paint(span.end, span.token);
    }
    paint(text.size(), YamlToken::kPlain);
}

void YamlEditor::fitGutter() {
    const auto digits = std::max<std::size_t>(3, std::to_string(send(*this, Sci::SCI_GETLINECOUNT)).size());
    const std::string widest(digits, '9');
    const long width = SendScintilla(Sci::SCI_TEXTWIDTH, static_cast<uintptr_t>(Sci::STYLE_LINENUMBER), widest.c_str());
    setMarginWidth(0, static_cast<int>(width) + 8 + kNumberRight);
    setMarginWidth(1, kBarMargin);
}

int YamlEditor::gutterWidth() const {
    return marginWidth(0) + marginWidth(1);
}

void YamlEditor::markCaretLine() {
    send(*this, Sci::SCI_MARKERDELETEALL, editor_marker::kCaret);
    send(*this, Sci::SCI_MARKERADD, static_cast<std::size_t>(send(*this, Sci::SCI_LINEFROMPOSITION, caret())),
         editor_marker::kCaret);
    viewport()->update();
}

void YamlEditor::paintEvent(QPaintEvent* event) {
    QsciScintilla::paintEvent(event);
    QPainter painter(viewport());
    const auto row = static_cast<int>(send(*this, Sci::SCI_TEXTHEIGHT));
    const long last = send(*this, Sci::SCI_GETLINECOUNT);
    for (long visible = send(*this, Sci::SCI_GETFIRSTVISIBLELINE);; ++visible) {
        const long line = send(*this, Sci::SCI_DOCLINEFROMVISIBLE, static_cast<std::size_t>(visible));
        const std::ptrdiff_t start = send(*this, Sci::SCI_POSITIONFROMLINE, static_cast<std::size_t>(line));
        const auto y = static_cast<int>(send(*this, Sci::SCI_POINTYFROMPOSITION, 0, start));
        if (y + row > 0) paintGutter(painter, static_cast<int>(line), y);
        if (line + 1 >= last || y > viewport()->height()) break;
    }
}

void YamlEditor::paintGutter(QPainter& painter, int line, int y) {
    const Palette& p = Theme::instance().palette();
    const auto row = static_cast<int>(send(*this, Sci::SCI_TEXTHEIGHT));
    const auto marks = static_cast<unsigned>(send(*this, Sci::SCI_MARKERGET, static_cast<std::size_t>(line)));
    const auto is = [&](int marker) { return (marks & (1U << marker)) != 0; };
    const bool error = is(editor_marker::kError), warning = is(editor_marker::kWarning);
    // The component leaves the gap before the text uncoloured.
    if (error || warning)
        painter.fillRect(0, y, gutterWidth() + kGap, row, error ? p.ground_danger : p.ground_warning);
    else if (is(editor_marker::kCaret))
        painter.fillRect(gutterWidth(), y, kGap, row, p.hover);
    if (error || warning) {
        QFont font = Theme::instance().font(TextRole::kMono);
        font.setWeight(QFont::Bold);
        painter.setFont(font);
        painter.setPen(error ? p.danger : p.warning);
        painter.drawText(QRect(0, y, marginWidth(0) - 3, row), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(line + 1));
    }
    if (changed_lines_.count(line + 1) > 0) painter.fillRect(gutterWidth() - kBar, y, kBar, row, p.accent);
}

}  // namespace switchyard::ui
