// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/search_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>

#include "ui/panels/retrieval/join_row.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kFieldHeight = 36;
constexpr int kLongestText = 1000;

/// "Enter" in a small frame.
class KeyHint : public QWidget {
public:
    explicit KeyHint(const QString& key, QWidget* parent) : QWidget(parent), key_(key) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        const QFontMetrics metrics(Theme::instance().font(TextRole::kCaption));
        setFixedSize(metrics.horizontalAdvance(key_) + 10, 16);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Palette& p = Theme::instance().palette();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(p.border);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        painter.setFont(Theme::instance().font(TextRole::kCaption));
        painter.setPen(p.muted);
        painter.drawText(rect(), Qt::AlignCenter, key_);
    }

private:
    QString key_;
};

/// A field with room for an icon at its left and the hint at its right.
class SearchField : public QLineEdit {
public:
    SearchField() : hint_(new KeyHint(SearchBar::tr("Enter"), this)) {
        setProperty("large", true);
        setMaxLength(kLongestText);
        setTextMargins(28, 0, hint_->width() + 8, 0);
    }

protected:
    void resizeEvent(QResizeEvent* event) override {
        QLineEdit::resizeEvent(event);
        hint_->move(width() - hint_->width() - 12, (height() - hint_->height()) / 2);
    }
    void paintEvent(QPaintEvent* event) override {
        QLineEdit::paintEvent(event);
        QPainter painter(this);
        const Theme& theme = Theme::instance();
        theme.icon(QStringLiteral("search"), theme.palette().muted)
            .paint(&painter, QRect(12, (height() - 16) / 2, 16, 16));
    }

private:
    KeyHint* hint_;
};

QString longRerank() {
    return SearchBar::tr("Re-rank with the matching head");
}
QString shortRerank() {
    return SearchBar::tr("Re-rank");
}

}  // namespace

SearchBar::SearchBar(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("toolbar", true);
    field_ = new SearchField;
    field_->setObjectName(QStringLiteral("query"));
    field_->setPlaceholderText(tr("Describe a picture"));
    field_->setAccessibleName(tr("What to search for"));
    search_ = new QPushButton(tr("Search"));
    search_->setProperty("primary", true);
    search_->setProperty("large", true);
    mode_ = new SegmentedControl({tr("Text to image"), tr("Image to text"), tr("Image to image")});
    mode_->setAccessibleName(tr("Kind of search"));
    auto* show = new QLabel(tr("Show"));
    show->setProperty("role", "muted");
    count_ = new QComboBox;
    count_->setProperty("small", true);
    count_->addItems({QStringLiteral("12"), QStringLiteral("24"), QStringLiteral("48")});
    count_->setAccessibleName(tr("Hits to show"));
    show->setBuddy(count_);
    rerank_ = new QCheckBox(longRerank());
    rerank_->setAccessibleName(longRerank());
    rerank_->setFont(Theme::instance().font(TextRole::kTable));
    rerank_->setToolTip(
        tr("The matching head judges the 50 best of the dual encoder again, text and picture together"));
    fold_ = new QCheckBox(tr("Fold alike"));
    fold_->setAccessibleName(tr("Fold pictures alike into one hit"));
    fold_->setFont(Theme::instance().font(TextRole::kTable));
    fold_->setToolTip(tr("Pictures that are nearly the same count as one hit; the hit's panel shows them all"));
    fold_->setChecked(true);
    drop_zone_ = new DropZone;
    join_ = new JoinRow;

    auto* options = new QHBoxLayout;
    options->setSpacing(8);
    options->addWidget(mode_);
    options->addSpacing(8);
    options->addWidget(show);
    options->addWidget(count_);
    options->addSpacing(8);
    options->addWidget(rerank_);
    options->addSpacing(8);
    options->addWidget(fold_);
    options->addStretch(1);
    auto* query = new QHBoxLayout;
    query->setSpacing(8);
    query->addWidget(field_, 1);
    query->addWidget(search_);
    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    left->addLayout(query);
    left->addWidget(join_);
    left->addStretch(1);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addLayout(left, 1);
    row->addWidget(drop_zone_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addLayout(row);
    column->addLayout(options);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

    connect(field_, &QLineEdit::returnPressed, this, [this] {
        if (!text().isEmpty()) Q_EMIT textSubmitted();
    });
    field_->installEventFilter(this);
    connect(field_, &QLineEdit::textChanged, this, &SearchBar::updateButton);
    connect(search_, &QPushButton::clicked, this, [this] {
        if (mode() != kTextToImage && has_picture_)
            Q_EMIT pictureSubmitted();
        else
            Q_EMIT textSubmitted();
    });
    // Who types wants to search by text.
    connect(field_, &QLineEdit::textEdited, this, [this] { setMode(kTextToImage); });
    connect(mode_, &SegmentedControl::changed, this, [this] {
        updateButton();
        Q_EMIT modeChanged();
    });
    connect(count_, &QComboBox::currentIndexChanged, this, &SearchBar::optionsChanged);
    connect(rerank_, &QCheckBox::toggled, this, &SearchBar::optionsChanged);
    connect(fold_, &QCheckBox::toggled, this, &SearchBar::optionsChanged);
    updateButton();
}

bool SearchBar::eventFilter(QObject* watched, QEvent* event) {
    const bool down = event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Down;
    if (down) Q_EMIT leaveDown();
    return down || QWidget::eventFilter(watched, event);
}

int SearchBar::savedWidth() const {
    const QFontMetrics metrics(rerank_->font());
    return metrics.horizontalAdvance(longRerank()) - metrics.horizontalAdvance(shortRerank());
}

QSize SearchBar::minimumSizeHint() const {
    const QSize hint = QWidget::minimumSizeHint();
    return rerank_->text() == longRerank() ? hint - QSize(savedWidth(), 0) : hint;
}

void SearchBar::resizeEvent(QResizeEvent* event) {
    rerank_->setText(width() >= minimumSizeHint().width() + savedWidth() ? longRerank() : shortRerank());
    QWidget::resizeEvent(event);
}

QString SearchBar::text() const {
    return field_->text().trimmed();
}
void SearchBar::setText(const QString& text) {
    field_->setText(text);
}
SearchBar::Mode SearchBar::mode() const {
    return static_cast<Mode>(mode_->current());
}

void SearchBar::setMode(Mode mode) {
    const QSignalBlocker quiet(this);
    mode_->setCurrent(mode);
    updateButton();
}

int SearchBar::count() const {
    return count_->currentText().toInt();
}
bool SearchBar::rerank() const {
    return rerank_->isChecked();
}

bool SearchBar::fold() const {
    return fold_->isChecked();
}

void SearchBar::setOptions(int count, bool rerank, bool fold) {
    const QSignalBlocker quiet(this);
    if (const int row = count_->findText(QString::number(count)); row >= 0) count_->setCurrentIndex(row);
    rerank_->setChecked(rerank);
    fold_->setChecked(fold);
}

void SearchBar::setPicture(const QString& name) {
    has_picture_ = !name.isEmpty();
    join_->setPicture(name);
    updateButton();
}

void SearchBar::updateButton() {
    const bool possible = !text().isEmpty() || (mode() != kTextToImage && has_picture_);
    join_->setVisible(has_picture_ && mode() == kTextToImage);
    search_->setEnabled(possible);
    search_->setToolTip(possible ? QString() : tr("Type what to search for, or drop an image"));
}

}  // namespace switchyard::ui
