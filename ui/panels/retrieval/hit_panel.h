// SPDX-License-Identifier: GPL-3.0-or-later
// The right dock of the Retrieval page: one hit with its picture, captions, file and scores.
#pragma once

#include <QWidget>

#include "ui/models/retrieval_result.h"

class QGridLayout;
class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace switchyard::ui {

class ElidedLabel;
class PictureBox;
class PictureLoader;
class ProgressBarThin;

/// Thread: GUI thread.
class HitPanel : public QWidget {
    Q_OBJECT
public:
    explicit HitPanel(PictureLoader& pictures, QWidget* parent = nullptr);
    /// `row` -1 = none.
    void setHit(const RetrievalResult& result, int row);
    /// Below the hit's facts.
    void addBelow(QWidget* widget);
    /// The picture as wide as the panel, or in the usual height.
    void setEnlarged(bool enlarged);
    bool enlarged() const { return enlarged_; }

Q_SIGNALS:
    void useAsQuery();
    void openFolder();
    void copyScores();
    void toggleFold();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct ScoreRow {
        QGridLayout* grid;
        int number;
        QLabel* name;
        ProgressBarThin* bar;
        QLabel* value;
    };
    QWidget* makeBody();
    QWidget* makeButtons();
    ElidedLabel* addFact(QGridLayout* grid, int row, const QString& name);
    ScoreRow addScore(QGridLayout* grid, int row, const QString& name);
    static void setScore(const ScoreRow& row, bool shown, double fraction, const QString& text);
    void recolor();
    void fitPicture();

    PictureLoader& pictures_;
    QStackedWidget* stack_;
    QScrollArea* scroll_;
    PictureBox* picture_;
    QLabel* heading_;
    QLabel* captions_;
    ElidedLabel* rank_;
    ElidedLabel* id_;
    ElidedLabel* file_;
    QPushButton* fold_ = nullptr;
    ScoreRow match_{}, dual_{};
    QString file_path_;
    QVBoxLayout* content_ = nullptr;
    bool enlarged_ = false;
};

}  // namespace switchyard::ui
