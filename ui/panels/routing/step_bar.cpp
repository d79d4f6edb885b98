// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/step_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/models/run_words.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kHandle = 14;                                        // with its border, as the style sheet has it
constexpr int kPlayMs = 20'000, kFastest_ms = 33, kSlowest_ms = 400;  // a whole record, a step
constexpr double kLeastTick = 8;

/// "every 500 steps" when they are, but for the first ones and the last.
QString spacing(const std::vector<std::int64_t>& steps) {
    const auto count = static_cast<double>(steps.size());
    if (steps.size() < 5) return StepBar::tr("%1 recorded").arg(number(count, 0));
    const qint64 gap = steps[3] - steps[2];  // behind the steps 0 and 1, which every record has
    for (std::size_t i = 4; i + 1 < steps.size(); ++i)
        if (steps[i] - steps[i - 1] != gap) return StepBar::tr("%1 recorded").arg(number(count, 0));
    return StepBar::tr("%1 recorded, every %2 steps").arg(number(count, 0), number(static_cast<double>(gap), 0));
}

}  // namespace

StepSlider::StepSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setFixedHeight(metric::kControl);
    setMinimumWidth(80);
    setAccessibleName(tr("Recorded step"));
    setAccessibleDescription(tr("Left and Right move by one recorded step, Space plays."));
    setToolTip(tr("Recorded steps; a dotted line stands where the run wrote a checkpoint"));
}

void StepSlider::setMarks(const std::vector<int>& places) {
    marks_ = places;
    update();
}

double StepSlider::xOf(int place) const {
    const double span = std::max(1, maximum() - minimum());
    return kHandle / 2 + (width() - kHandle) * (place - minimum()) / span;
}

int StepSlider::placeAt(double x) const {
    const double share = (x - kHandle / 2) / std::max(1.0, width() - kHandle);
    return std::clamp(minimum() + static_cast<int>(std::lround(share * (maximum() - minimum()))), minimum(), maximum());
}

void StepSlider::paintEvent(QPaintEvent* event) {
    const Palette& p = Theme::instance().palette();
    QPainter painter(this);
    const double each = maximum() > minimum() ? (width() - kHandle) / (maximum() - minimum()) : width();
    const int apart = std::max(1, static_cast<int>(std::ceil(kLeastTick / each)));
    for (int place = minimum(); place <= maximum(); place += apart)
        painter.fillRect(QRectF(std::round(xOf(place)), height() - 5, 1, 4), p.plot_axis);
    QPen pen(p.text, 1);
    pen.setDashPattern({2, 2});
    painter.setPen(pen);
    for (const int place : marks_) {
        const double x = std::round(xOf(place)) + 0.5;
        painter.drawLine(QPointF(x, 2), QPointF(x, height() - 2));
    }
    painter.end();
    QSlider::paintEvent(event);
}

void StepSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    setSliderDown(true);
    setValue(placeAt(event->position().x()));
}

void StepSlider::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) setValue(placeAt(event->position().x()));
}

void StepSlider::mouseReleaseEvent(QMouseEvent*) {
    setSliderDown(false);
}

StepBar::StepBar(QWidget* parent) : QWidget(parent) {
    setProperty("toolbar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(metric::kToolBar);
    name_ = new QLabel(tr("Step"));
    name_->setProperty("role", "muted");
    button_ = new IconButton(QStringLiteral("run"), tr("Play the recorded steps (Space)"));
    button_->setFocusPolicy(Qt::StrongFocus);
    slider_ = new StepSlider;
    slider_->installEventFilter(this);
    field_ = new QLineEdit;
    field_->setProperty("small", true);
    field_->setFixedWidth(84);
    field_->setAlignment(Qt::AlignRight);
    field_->setAccessibleName(tr("Step shown"));
    field_->setToolTip(tr("Type a step and press Enter: the nearest recorded one is shown"));
    words_ = new QLabel;
    words_->setProperty("role", "caption");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    row->addWidget(name_);
    row->addWidget(button_);
    row->addWidget(slider_, 1);
    row->addWidget(field_);
    row->addWidget(words_);
    connect(button_, &QToolButton::clicked, this, &StepBar::togglePlay);
    connect(slider_, &QSlider::valueChanged, this, [this] {
        showPlace();
        Q_EMIT stepAsked(step());
    });
    connect(slider_, &QSlider::sliderPressed, this, &StepBar::stop);
    connect(field_, &QLineEdit::returnPressed, this, [this] {
        bool good = false;
        const qint64 wanted = field_->text().remove(u',').trimmed().toLongLong(&good);
        stop();
        if (good) slider_->setValue(placeOf(wanted));
        showPlace();
        field_->selectAll();
    });
    connect(&play_, &QTimer::timeout, this, &StepBar::playOn);
}

/// Of the recorded step that is nearest.
int StepBar::placeOf(qint64 step) const {
    if (steps_.empty()) return 0;
    auto at = std::lower_bound(steps_.begin(), steps_.end(), step);
    if (at == steps_.end() || (at != steps_.begin() && *at - step > step - *(at - 1))) --at;
    return static_cast<int>(at - steps_.begin());
}

qint64 StepBar::step() const {
    return steps_.empty()
               ? -1
               : steps_[static_cast<std::size_t>(std::clamp(slider_->value(), 0, static_cast<int>(steps_.size()) - 1))];
}

void StepBar::setSteps(const std::vector<std::int64_t>& steps) {
    const qint64 before = step();
    const bool newest = steps_.empty() || before == steps_.back();
    steps_ = steps;
    const int last = std::max(0, static_cast<int>(steps_.size()) - 1);
    {
        const QSignalBlocker quiet(slider_);
        slider_->setRange(0, last);
        slider_->setPageStep(std::max(1, last / 10));
        slider_->setValue(newest ? last : placeOf(before));
    }
    slider_->setEnabled(last > 0);
    button_->setEnabled(last > 0);
    words_->setText(spacing(steps_));
    placeMarks();
    showPlace();
    if (step() != before && before >= 0) Q_EMIT stepAsked(step());
}

void StepBar::setCompact() {
    setProperty("toolbar", false);
    setFixedHeight(metric::kFormRow);
    name_->hide();
    words_->hide();
    field_->setFixedWidth(64);
    layout()->setContentsMargins(0, 0, 0, 0);
}

void StepBar::setSaves(const std::vector<std::int64_t>& steps) {
    saves_ = steps;
    placeMarks();
}

void StepBar::placeMarks() {
    std::vector<int> places;
    for (const qint64 save : saves_) {
        if (steps_.empty() || save > steps_.back()) continue;
        const int place = placeOf(save);
        if (places.empty() || places.back() != place) places.push_back(place);
    }
    slider_->setMarks(places);
}

void StepBar::showPlace() {
    field_->setText(step() < 0 ? QString() : number(static_cast<double>(step()), 0));
}

void StepBar::stepShown(qint64 step) {
    if (step == this->step()) waiting_ = false;
}

void StepBar::togglePlay() {
    if (isPlaying()) return stop();
    if (steps_.size() < 2) return;
    if (slider_->value() == slider_->maximum()) slider_->setValue(0);
    waiting_ = false;
    play_.start(std::clamp(kPlayMs / static_cast<int>(steps_.size()), kFastest_ms, kSlowest_ms));
    button_->setIconName(QStringLiteral("pause"));
    button_->setAccessibleName(tr("Pause"));
    button_->setToolTip(tr("Pause (Space)"));
}

void StepBar::stop() {
    if (!isPlaying()) return;
    play_.stop();
    button_->setIconName(QStringLiteral("run"));
    button_->setAccessibleName(tr("Play the recorded steps (Space)"));
    button_->setToolTip(button_->accessibleName());
}

void StepBar::playOn() {
    if (waiting_) return;
    if (slider_->value() == slider_->maximum()) return stop();
    waiting_ = true;
    slider_->setValue(slider_->value() + 1);
}

bool StepBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched != slider_ || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Space) {
        togglePlay();
        return true;
    }
    stop();
    return false;
}

void StepBar::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    stop();
}

}  // namespace switchyard::ui
