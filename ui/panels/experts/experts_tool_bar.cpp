// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/experts_tool_bar.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStyle>
#include <QToolButton>

#include "ui/models/run_words.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kFishEyeFrom = 128;                         // more experts than this get fish-eye and search
constexpr int kWordsWidth = 860, kManyWordsWidth = 1150;  // narrower: the captions go
constexpr int kLeastWidth = 560, kManyLeastWidth = 800;

QLabel* caption(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", "muted");
    return label;
}

QCheckBox* checkBox(const QString& text, const QString& tip) {
    auto* box = new QCheckBox(text);
    box->setFont(Theme::instance().font(TextRole::kTable));
    box->setChecked(true);
    box->setToolTip(tip);
    return box;
}

}  // namespace

ExpertsToolBar::ExpertsToolBar(ExpertsView& view, QWidget* parent) : QWidget(parent), view_(view) {
    setProperty("toolbar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(metric::kToolBar);
    setMinimumWidth(kLeastWidth);
    layer_ = new QComboBox;
    layer_->setProperty("small", true);
    layer_->setAccessibleName(tr("Layer"));
    layer_->setMinimumWidth(120);
    rows_ = new SegmentedControl({tr("By load"), tr("By id"), tr("By rank")});
    rows_->setAccessibleName(tr("Order of rows"));
    rows_->setCurrent(1);
    rows_->setChoiceVisible(2, false);
    modality_ = new SegmentedControl({tr("All"), tr("Text"), tr("Image")});
    modality_->setAccessibleName(tr("Modality"));
    fish_eye_ = checkBox(tr("Fish-eye"), tr("Enlarge the rows around the chosen expert"));
    search_ = new QLineEdit;
    search_->setPlaceholderText(tr("E213"));
    search_->setAccessibleName(tr("Find an expert by its id"));
    search_->setFont(Theme::instance().font(TextRole::kTable));
    search_->setFixedWidth(104);
    search_->setProperty("small", true);
    search_icon_ = search_->addAction(QIcon(), QLineEdit::LeadingPosition);
    found_ = caption({});
    follow_ = checkBox(tr("Follow"), tr("Keep the cursor at the newest step; choosing another step turns it off"));
    table_ = new IconButton(QStringLiteral("table"), tr("Data table of the loads"));
    export_ = new QToolButton;
    export_->setText(tr("Export"));
    export_->setFont(Theme::instance().font(TextRole::kTable));
    export_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    export_->setIconSize(QSize(16, 16));
    export_->setFixedHeight(metric::kControlSmall);
    export_->setFocusPolicy(Qt::StrongFocus);
    export_->setPopupMode(QToolButton::InstantPopup);
    export_->setAccessibleName(tr("Export the loads"));
    auto* menu = new QMenu(export_);
    ChartMenu::addExports(*menu, {ChartExport::kPng, ChartExport::kCsvAll},
                          [this](ChartExport kind) { Q_EMIT exportAsked(kind); });
    export_->setMenu(menu);
    layer_label_ = caption(tr("Layer"));
    rows_label_ = caption(tr("Rows"));
    modality_label_ = caption(tr("Modality"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    row->addWidget(layer_label_);
    row->addWidget(layer_);
    row->addSpacing(10);
    row->addWidget(rows_label_);
    row->addWidget(rows_);
    row->addSpacing(10);
    row->addWidget(modality_label_);
    row->addWidget(modality_);
    row->addSpacing(10);
    row->addWidget(fish_eye_);
    row->addWidget(search_);
    row->addWidget(found_);
    row->addStretch(1);
    row->addWidget(follow_);
    row->addSpacing(4);
    row->addWidget(table_);
    row->addWidget(export_);
    connect(layer_, &QComboBox::activated, this,
            [this](int index) { view_.focus.setLayer(layer_->itemData(index).toString()); });
    connect(&view.focus, &ExpertFocus::layerChanged, this,
            [this] { layer_->setCurrentIndex(layer_->findData(view_.focus.layer())); });
    connect(rows_, &SegmentedControl::changed, this, [this](int index) {
        view_.focus.setOrder(index == 0   ? ExpertOrder::kByLoad
                             : index == 1 ? ExpertOrder::kById
                                          : ExpertOrder::kByRank);
    });
    connect(modality_, &SegmentedControl::changed, this, [this](int index) {
        view_.focus.setModality(index == 0   ? LoadModality::kAll
                                : index == 1 ? LoadModality::kText
                                             : LoadModality::kImage);
    });
    connect(fish_eye_, &QCheckBox::toggled, this, &ExpertsToolBar::fishEyeChosen);
    connect(search_, &QLineEdit::textEdited, this, &ExpertsToolBar::search);
    connect(&view.focus, &ExpertFocus::expertChanged, this, [this] {
        // A choice made elsewhere stands in the field, so that its neighbours are easy to type.
        if (search_->hasFocus() && search_->isModified()) return;
        search_->setText(view_.focus.expert() < 0 ? QString() : expertName(view_.focus.expert()));
        search(search_->text());
    });
    connect(follow_, &QCheckBox::toggled, &view.focus, &ExpertFocus::setFollow);
    connect(&view.focus, &ExpertFocus::followChanged, follow_, &QCheckBox::setChecked);
    connect(table_, &QToolButton::clicked, this, &ExpertsToolBar::tableAsked);
    connect(&Theme::instance(), &Theme::changed, this, &ExpertsToolBar::recolor);
    recolor();
    placeWords();
}

void ExpertsToolBar::refresh() {
    const QStringList layers = view_.loads->layers();
    QStringList listed;
    for (int i = 0; i < layer_->count(); ++i) listed << layer_->itemData(i).toString();
    if (listed != layers) {
        layer_->clear();
        for (const QString& name : layers) layer_->addItem(layerLabel(name, false), name);
        layer_->setCurrentIndex(layer_->findData(view_.focus.layer()));
    }
    const bool shared = view_.ranks() > 1;
    rows_->setChoiceVisible(2, shared);
    if (!shared && rows_->current() == 2) rows_->setCurrent(1);
    const int experts = view_.layer() == nullptr ? 0 : view_.layer()->ring.experts();
    if (experts == experts_) return;
    experts_ = experts;
    search(search_->text());
    placeWords();
}

void ExpertsToolBar::search(const QString& text) {
    QString digits = text.trimmed();
    if (digits.startsWith(u'E', Qt::CaseInsensitive)) digits.remove(0, 1);
    bool is_number = false;
    const int expert = digits.toInt(&is_number);
    const bool found = is_number && expert >= 0 && expert < experts_;
    const bool wrong = !text.trimmed().isEmpty() && !digits.isEmpty() && !found;
    found_->setText(tr("%1 of %2").arg(found ? 1 : 0).arg(number(experts_, 0)));
    found_->setVisible(experts_ > kFishEyeFrom && !text.trimmed().isEmpty());
    if (search_->property("invalid").toBool() != wrong) {
        search_->setProperty("invalid", wrong);
        search_->style()->unpolish(search_);
        search_->style()->polish(search_);
    }
    if (found) view_.focus.setExpert(expert);
    if (text.trimmed().isEmpty() && search_->isModified()) view_.focus.setExpert(-1);
}

void ExpertsToolBar::resizeEvent(QResizeEvent*) {
    placeWords();
}

void ExpertsToolBar::placeWords() {
    const bool many = experts_ > kFishEyeFrom;
    const bool roomy = width() >= (many ? kManyWordsWidth : kWordsWidth);
    for (QLabel* label : {layer_label_, rows_label_, modality_label_}) label->setVisible(roomy);
    fish_eye_->setVisible(many);
    search_->setVisible(many);
    found_->setVisible(many && !search_->text().trimmed().isEmpty());
    export_->setToolButtonStyle(roomy ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    setMinimumWidth(many ? kManyLeastWidth : kLeastWidth);
}

void ExpertsToolBar::recolor() {
    const Theme& theme = Theme::instance();
    table_->setIcon(theme.icon(QStringLiteral("table"), theme.palette().muted));
    export_->setIcon(theme.icon(QStringLiteral("export"), theme.palette().muted));
    search_icon_->setIcon(theme.icon(QStringLiteral("search"), theme.palette().muted));
    QPalette colors = export_->palette();
    colors.setColor(QPalette::ButtonText, theme.palette().muted);
    export_->setPalette(colors);
}

}  // namespace switchyard::ui
